"use client";

import { Text } from "@mantine/core";
import { ProvingProgress } from "@/components/pairing/ProvingProgress.tsx";
import { counted } from "@/lib/words/numbers.ts";
import { duration } from "@/lib/words/time.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";

export const TrainingStep = ({ worker }: { readonly worker: PairedWorker }) => {
	const expects = worker.status?.expects;
	return (
		<>
			<Text maw="70ch">
				You may close this page: the worker goes on, and this page finds it where it is.
				{expects === undefined || expects === null
					? ""
					: ` It expects ${counted(expects.proofs, "proof")} and about ${duration(expects.seconds)} in all, by its own measure.`}
			</Text>
			<ProvingProgress worker={worker} />
		</>
	);
};
