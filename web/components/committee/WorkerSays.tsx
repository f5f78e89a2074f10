"use client";

import { Text } from "@mantine/core";
import { ProvingProgress } from "@/components/pairing/ProvingProgress.tsx";
import { capitalized } from "@/lib/words/capitalized.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";

/** What the worker is at, or waits for, while nothing of this step is to be signed. */
export const WorkerSays = ({ worker, otherwise }: { readonly worker: PairedWorker; readonly otherwise: string }) => {
	const next = worker.status?.next;
	if (next?.state === "working") return <ProvingProgress worker={worker} />;
	if (next?.state === "sign") return <Text>Something else waits for a signature: see above.</Text>;
	return <Text>{capitalized(next?.text ?? otherwise)}.</Text>;
};
