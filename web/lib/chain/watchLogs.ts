/** Tells that contracts have emitted something: what it is, the ledger's next look finds out. */
import type { Address, Hex } from "viem";
import type { ReaderClient } from "./client.ts";

type Watch = { readonly address: readonly Address[]; readonly onLogs: () => void };

/** A filter is asked for what is new, milliseconds: a third of a public chain's block time. */
const INTERVAL = 4_000;
/** For a node that keeps no filters. */
const WITHOUT_FILTERS = 15_000;

/** @returns a function that ends it */
export const watchByFilter = (client: Pick<ReaderClient, "request">, { address, onLogs }: Watch): (() => void) => {
	let filter: Hex | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let ended = false;
	const create = (): Promise<Hex> => client.request({ method: "eth_newFilter", params: [{ address: [...address] }] });
	const ask = async (): Promise<number> => {
		let known: Hex;
		try {
			known = filter ?? (await create());
			filter = known;
		} catch {
			onLogs();
			return WITHOUT_FILTERS;
		}
		try {
			const logs: unknown = await client.request({ method: "eth_getFilterChanges", params: [known] });
			if (!Array.isArray(logs) || logs.length > 0) onLogs();
		} catch {
			// Nodes forget filters: what came meanwhile is seen by looking, what comes now by the next filter.
			filter = undefined;
			onLogs();
		}
		return INTERVAL;
	};
	const tick = async (): Promise<void> => {
		const next = await ask();
		if (!ended) timer = setTimeout(tick, next);
	};
	void tick();
	return () => {
		ended = true;
		clearTimeout(timer);
		if (filter !== undefined)
			client.request({ method: "eth_uninstallFilter", params: [filter] }).catch(() => undefined);
	};
};
