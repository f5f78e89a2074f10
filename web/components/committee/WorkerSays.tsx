"use client";

import { Text } from "@mantine/core";
import { ProvingProgress } from "@/components/pairing/ProvingProgress.tsx";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** What the worker is at, or waits for, while nothing is to be signed. */
export const WorkerSays = ({ worker, otherwise }: { readonly worker: PairedWorker; readonly otherwise: string }) =>
	worker.status?.next.state === "working" ? (
		<ProvingProgress worker={worker} />
	) : (
		<Text>{sentence(worker.status?.next.text ?? otherwise)}</Text>
	);
