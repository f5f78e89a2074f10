/** Other nodes' word for what one's own node says: a single RPC node could show a member a chain that nobody else has. */
import { type Hex, keccak256, stringToBytes } from "viem";
import type { Deployment } from "../../core/ledger/events.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { chainError } from "./errors.ts";
import { createEventReader, type EventLog, type EventReader } from "./readEvents.ts";
import { openRpc } from "./rpc.ts";

/** A block up to which events were read. */
export type AgreedBlock = Pick<EventLog, "blockNumber" | "blockHash">;
export type Agreement = (block: AgreedBlock) => Promise<void>;

export type WitnessOptions = {
	readonly chainId: number;
	readonly deployment: Deployment;
	readonly fromBlock: bigint;
	readonly signal?: AbortSignal | undefined;
};

/** Blocks whose events can be compared: those last read up to. */
const REMEMBERED = 1_024;

const disagrees = (who: string, what: string): DecentraHealthError =>
	new DecentraHealthError("RPC_DISAGREE", {
		message: `${who} ${what}`,
		nextStep:
			"Nothing was signed. If it lasts longer than a node needs to catch up, one of the nodes shows a chain that the others do not have: find out which, and replace it.",
	});

const digestOf = ({ events }: EventLog): Hex => {
	const text = JSON.stringify(events, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
	return keccak256(stringToBytes(text));
};

/** @param urls of the witnesses; they are reached when agreement is asked for, so one that is down stops nothing before that */
export const createWitnesses = (
	urls: readonly string[],
	{ chainId, deployment, fromBlock, signal }: WitnessOptions,
) => {
	/** Digests of the events by block hash, oldest first. */
	const remembered = new Map<Hex, Hex>();
	const readers = new Map<string, EventReader>();

	const readerOf = async (url: string): Promise<EventReader> => {
		const known = readers.get(url);
		if (known !== undefined) return known;
		const { client } = await openRpc(url, { expectedChainId: chainId, signal });
		const reader = createEventReader(client, { deployment, fromBlock });
		readers.set(url, reader);
		return reader;
	};

	const ask = async (url: string, who: string, { blockNumber, blockHash }: AgreedBlock, digest: Hex): Promise<void> => {
		const read = await readerOf(url);
		const theirs = await read((latest) => {
			if (latest < blockNumber) throw disagrees(who, `does not have block ${blockNumber} yet`);
			return blockNumber;
		});
		if (theirs.blockHash !== blockHash) throw disagrees(who, `has another block ${blockNumber}`);
		if (digestOf(theirs) !== digest) throw disagrees(who, `has other events up to block ${blockNumber}`);
	};

	const requireAgreement: Agreement = async (block) => {
		if (urls.length === 0) return;
		const digest = remembered.get(block.blockHash);
		if (digest === undefined)
			throw disagrees("this worker", `has not read events up to block ${block.blockNumber} of late`);
		await Promise.all(
			urls.map(async (url, index) => {
				const who = `witness ${index + 1} of ${urls.length}`;
				try {
					await ask(url, who, block, digest);
				} catch (error) {
					throw chainError(error, `asking ${who}`);
				}
			}),
		);
	};

	return {
		remember: (log: EventLog): void => {
			if (urls.length === 0) return;
			remembered.delete(log.blockHash);
			remembered.set(log.blockHash, digestOf(log));
			const [oldest] = remembered.keys();
			if (oldest !== undefined && remembered.size > REMEMBERED) remembered.delete(oldest);
		},
		requireAgreement,
	};
};
