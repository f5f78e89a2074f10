"use client";

import { Text } from "@mantine/core";
import type { Address } from "viem";
import { useConfig } from "@/lib/config/context.tsx";
import { Hash } from "./Hash.tsx";

/** A participant by its name, if the configuration has one, and its address; breaks like text where it does not fit. */
export const Party = ({ address }: { readonly address: Address }) => {
	const { participants } = useConfig();
	const name = participants[address];
	return (
		<span>
			{name === undefined ? null : (
				<>
					<Text component="span" fw={500}>
						{name}
					</Text>{" "}
				</>
			)}
			<Hash value={address} kind="address" />
		</span>
	);
};
