"use client";

import { useCallback, useEffect, useState } from "react";
import { type BlockState, publish, readBack } from "@/lib/coordinator/publication.ts";
import { useBlockStore } from "@/lib/ipfs/store.ts";
import type { WorkerClient } from "@/lib/worker/client.ts";
import { blockBytes, type PlacedPackage } from "../../../../worker/core/studyPackage.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../../../worker/protocol/errors.ts";
import { shownError } from "../../states/ErrorState.tsx";

type Block = PlacedPackage["blocks"][number];
export type BlockStates = ReadonlyMap<string, BlockState>;

const NONE: BlockStates = new Map();

/** The worker's refusal as an error of ours: it has a code, a message and a next step, too. */
const refused = ({ code, message, nextStep }: { code: string; message: string; nextStep: string }): BlockState => ({
	kind: "failed",
	problem: { code, message, nextStep },
});

/** Where a package's blocks are: read from the gateways as soon as there is a package, published on demand. */
export const useBlocks = (made: PlacedPackage | undefined) => {
	const store = useBlockStore();
	const [states, setStates] = useState<BlockStates>(NONE);
	const [busy, setBusy] = useState(false);
	const set = useCallback(
		(block: Block, state: BlockState) => setStates((before) => new Map(before).set(block.digest, state)),
		[],
	);

	const look = useCallback(
		async (signal: AbortSignal) => {
			if (made === undefined) return;
			await Promise.all(
				made.blocks.map(async (block) => {
					set(block, { kind: "reading" });
					const state = await readBack(block, store, signal).catch(() => undefined);
					if (state !== undefined && !signal.aborted) set(block, state);
				}),
			);
		},
		[made, store, set],
	);

	useEffect(() => {
		const controller = new AbortController();
		setStates(NONE);
		void look(controller.signal);
		return () => controller.abort();
	}, [look]);

	/** Those that no gateway has, one after another; each is read back. */
	const publishAll = useCallback(
		async (client: Pick<WorkerClient, "publish">) => {
			if (made === undefined) return;
			setBusy(true);
			const { signal } = new AbortController();
			try {
				for (const block of made.blocks) {
					if (states.get(block.digest)?.kind === "there") continue;
					set(block, { kind: "publishing" });
					const answer = await client.publish(new Uint8Array(blockBytes(block)));
					if (!answer.ok) {
						set(block, refused(answer.problem));
						return;
					}
					await publish(block, async () => answer.value);
					set(block, await readBack(block, store, signal));
				}
			} catch (error) {
				const shown = isDecentraHealthError(error)
					? error
					: new DecentraHealthError("IPFS_UNREACHABLE", {
							message: "publishing was interrupted",
							nextStep: "Publish again.",
						});
				setStates((before) => {
					const broken = [...before].find(([, { kind }]) => kind === "publishing")?.[0];
					return broken === undefined ? before : new Map(before).set(broken, refused(shownError(shown)));
				});
			} finally {
				setBusy(false);
			}
		},
		[made, states, store, set],
	);

	const lookAgain = useCallback(async () => {
		setBusy(true);
		await look(new AbortController().signal).finally(() => setBusy(false));
	}, [look]);

	return { states, busy, publishAll, lookAgain };
};
