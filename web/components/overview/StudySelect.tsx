"use client";

import { NativeSelect } from "@mantine/core";
import { useRouter } from "next/navigation";

type StudySelectProps = { readonly studies: readonly string[]; readonly chosen: string };

export const StudySelect = ({ studies, chosen }: StudySelectProps) => {
	const router = useRouter();
	return (
		<NativeSelect
			label="Study"
			data={studies.map((id) => ({ value: id, label: `Study ${id}` }))}
			value={chosen}
			onChange={(event) => router.push(`/?study=${event.currentTarget.value}`, { scroll: false })}
		/>
	);
};
