"use client";

import { Text } from "@mantine/core";
import { ProvingProgress } from "@/components/pairing/ProvingProgress.tsx";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** What the worker is at, or waits for, while nothing of this step is to be signed. */
export const WorkerSays = ({ worker, otherwise }: { readonly worker: PairedWorker; readonly otherwise: string }) => {
	const next = worker.status?.next;
	if (next?.state === "working") return <ProvingProgress worker={worker} />;
	if (next?.state === "sign") return <Text>Something else waits for a signature: see above.</Text>;
	return <Text>{sentence(next?.text ?? otherwise)}</Text>;
};
