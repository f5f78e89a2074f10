/** The chain's time in a scenario: a block at regular intervals, jumps past a deadline, and reorganizations. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Hex, numberToHex } from "viem";
import { oneAtATime } from "../../../worker/adapters/oneAtATime.ts";
import type { FaultNode, NodeBlock } from "./node.ts";

export type ChainClockOptions = {
	/** Milliseconds between two blocks. */
	readonly interval: number;
	/** Seconds between their timestamps. */
	readonly step: bigint;
};

export type Reorganization = {
	/** Newest blocks that are replaced, by one more: so many, or all from a block's number on, however far the chain has got meanwhile. */
	readonly depth: number | { readonly from: bigint };
	/** Which of their transactions, in order, are mined on the new branch too. */
	readonly keeps: (transaction: Hex, index: number) => boolean;
};

export type ChainClock = {
	/** Blocks that come at once, with at least so many seconds in between altogether. */
	readonly jump: (seconds: bigint) => Promise<void>;
	/** @returns how many blocks were replaced, and how many of their transactions are not on the new branch */
	readonly reorganize: (reorganization: Reorganization) => Promise<{ blocks: number; dropped: number }>;
	/** Nothing is mined until the promise is settled. */
	readonly still: <T>(run: () => Promise<T>) => Promise<T>;
	readonly stop: () => Promise<void>;
};

/** Blocks up to `floor` are never taken back. */
export const startChainClock = (node: FaultNode, floor: bigint, { interval, step }: ChainClockOptions): ChainClock => {
	let running = true;
	const still = oneAtATime();
	const blockAt = (number: bigint | "latest"): Promise<NodeBlock> =>
		node.request<NodeBlock>("eth_getBlockByNumber", number === "latest" ? number : numberToHex(number), false);
	const mineAfter = async (seconds: bigint): Promise<void> => {
		const { timestamp } = await blockAt("latest");
		await node.mine(BigInt(timestamp) + seconds);
	};

	const mining = (async () => {
		while (running) {
			await sleep(interval);
			if (running) await still(() => mineAfter(step));
		}
	})();

	const reorganize: ChainClock["reorganize"] = ({ depth, keeps }) =>
		still(async () => {
			const { rollback } = node;
			if (rollback === undefined) throw new Error("this node can't reorganize its chain");
			const head = await blockAt("latest");
			const wanted = typeof depth === "number" ? depth : Number(BigInt(head.number) - depth.from) + 1;
			const blocks = Math.min(wanted, Number(BigInt(head.number) - floor));
			if (blocks <= 0) return { blocks: 0, dropped: 0 };
			const transactions: { readonly hash: Hex; readonly raw: Hex }[] = [];
			for (let number = BigInt(head.number) - BigInt(blocks) + 1n; number <= BigInt(head.number); number++) {
				for (const hash of (await blockAt(number)).transactions) {
					transactions.push({ hash, raw: await node.request<Hex>("eth_getRawTransactionByHash", hash) });
				}
			}
			await rollback(blocks);
			const kept = transactions.filter(({ hash }, index) => keeps(hash, index));
			// One whose predecessor is gone may be refused, or wait for its nonce.
			for (const { raw } of kept) await node.request("eth_sendRawTransaction", raw).catch(() => undefined);
			const { timestamp } = await blockAt("latest");
			// Other timestamps than before, so other blocks; and no earlier than the old branch ended.
			const span = BigInt(head.timestamp) - BigInt(timestamp) + 1n;
			for (let index = 1n; index <= BigInt(blocks) + 1n; index++) {
				const even = BigInt(timestamp) + (span * index) / (BigInt(blocks) + 1n);
				const { timestamp: parent } = await blockAt("latest");
				await node.mine(even > BigInt(parent) ? even : BigInt(parent) + 1n);
			}
			return { blocks, dropped: transactions.length - kept.length };
		});

	return {
		still,
		reorganize,
		jump: (seconds) =>
			still(async () => {
				await mineAfter(seconds);
				await mineAfter(step);
			}),
		stop: async () => {
			running = false;
			await mining;
		},
	};
};
