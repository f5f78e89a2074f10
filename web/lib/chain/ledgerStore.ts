/**
 * The deployment's events as one store a page: read once, then whenever the contracts emit something. Between two events nothing is read but a
 * filter's answer (or nothing at all with a WebSocket).
 */
import { readDeployment } from "../../../worker/adapters/chain/deployment.ts";
import { deploymentBlock } from "../../../worker/adapters/chain/deploymentBlock.ts";
import { chainError, requireChainId } from "../../../worker/adapters/chain/errors.ts";
import { belowLatest, createEventReader, type EventReader } from "../../../worker/adapters/chain/readEvents.ts";
import type { Deployment, LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import type { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import type { DappConfig } from "../config/schema.ts";
import { httpReader, type ReaderClient } from "./client.ts";
import { watchByFilter } from "./watchLogs.ts";

export type LedgerSnapshot = {
	readonly ledger: Ledger;
	/** In the chain's order. */
	readonly events: readonly LedgerEvent[];
	readonly deployment: Deployment;
	/** Up to which these are all events. */
	readonly blockNumber: bigint;
	readonly chainId: number;
	/** Sends what is asked in one moment as one batch. */
	readonly client: ReaderClient;
	/** The last block's clock against this machine's: chain milliseconds minus ours. */
	readonly clockOffset: number;
};

export type LedgerState =
	| { readonly status: "loading" }
	| { readonly status: "error"; readonly error: DecentraHealthError }
	/** With a problem when the last look at the chain failed: what is shown is older. */
	| ({ readonly status: "ready"; readonly problem?: DecentraHealthError } & LedgerSnapshot);

export type LedgerStore = {
	readonly get: () => LedgerState;
	readonly subscribe: (listener: () => void) => () => void;
	/** Look at the chain now. */
	readonly refresh: () => void;
};

/** In case a node forgot its filter or a socket died unseen. */
const SAFETY_INTERVAL = 60_000;
/** After a failed look, milliseconds. */
const RETRY_INTERVAL = 5_000;
/** Several events of one block make one look. */
const GATHER = 50;

type Opened = { readonly deployment: Deployment; readonly read: EventReader };

type Source = Pick<DappConfig, "chain" | "roundManager" | "fromBlock">;

/** The reader decodes a log once: an event that is still there is the same object. */
const isSame = (one: readonly LedgerEvent[], other: readonly LedgerEvent[]): boolean =>
	one.length === other.length && one.every((event, index) => event === other[index]);

export const createLedgerStore = ({ chain, roundManager, fromBlock }: Source): LedgerStore => {
	let state: LedgerState = { status: "loading" };
	let opened: Opened | undefined;
	let looking: Promise<void> | undefined;
	let again = false;
	let unwatch: (() => void) | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const listeners = new Set<() => void>();
	const client = httpReader(chain);

	const set = (next: LedgerState): void => {
		state = next;
		for (const listener of listeners) listener();
	};

	const later = (milliseconds: number): void => {
		clearTimeout(timer);
		timer = setTimeout(refresh, milliseconds);
	};

	/** @returns a function that ends it */
	const watch = ({ deployment }: Opened): (() => void) => {
		const address = Object.values(deployment);
		const onLogs = (): void => later(GATHER);
		const { webSocketUrl: url } = chain;
		const byFilter = () => watchByFilter(client, { address, onLogs });
		if (url === undefined) return byFilter();
		let ended = false;
		/** Of the socket once it is there, or of the filter that takes its place. */
		let end: (() => void) | undefined;
		let replaced = false;
		const onError = (): void => {
			if (replaced || ended) return;
			replaced = true;
			end = byFilter();
		};
		import("./watchSocket.ts")
			.then(({ watchBySocket }) => watchBySocket({ chain, url, address, onLogs, onError }))
			.then((stop) => {
				if (ended) stop();
				else if (!replaced) end = stop;
			}, onError);
		return () => {
			ended = true;
			end?.();
		};
	};

	const open = async (): Promise<Opened> => {
		requireChainId(await client.getChainId(), chain.id);
		const deployment = await readDeployment(client, roundManager);
		const first =
			fromBlock === undefined ? await deploymentBlock(client, Object.values(deployment)) : BigInt(fromBlock);
		return { deployment, read: createEventReader(client, { deployment, fromBlock: first }) };
	};

	const look = async (): Promise<void> => {
		try {
			opened ??= await open();
			const { deployment } = opened;
			const log = await opened.read(belowLatest(0));
			const { blockNumber, timestamp } = log;
			// What is drawn from the events is not drawn again when there is nothing new.
			const known = state.status === "ready" && isSame(state.events, log.events) ? state : undefined;
			const { events, ledger } = known ?? { events: log.events, ledger: foldEvents(log.events) };
			const clockOffset = Number(timestamp) * 1000 - Date.now();
			if (listeners.size > 0) unwatch ??= watch(opened);
			set({
				status: "ready",
				ledger,
				events,
				deployment,
				blockNumber,
				chainId: chain.id,
				client,
				clockOffset,
			});
			later(SAFETY_INTERVAL);
		} catch (cause) {
			const error = chainError(cause, "reading the chain");
			set(state.status === "ready" ? { ...state, problem: error } : { status: "error", error });
			later(RETRY_INTERVAL);
		}
	};

	const refresh = (): void => {
		if (listeners.size === 0) return;
		if (looking !== undefined) {
			again = true;
			return;
		}
		looking = look().finally(() => {
			looking = undefined;
			if (!again) return;
			again = false;
			later(GATHER);
		});
	};

	const stop = (): void => {
		clearTimeout(timer);
		unwatch?.();
		unwatch = undefined;
	};

	return {
		get: () => state,
		subscribe: (listener) => {
			listeners.add(listener);
			if (listeners.size === 1) refresh();
			return () => {
				listeners.delete(listener);
				if (listeners.size === 0) stop();
			};
		},
		refresh,
	};
};
