/** The run's node as a liar would show it: everything is passed on, but what it says about events, blocks or calls is changed first. */
import { type Hex, numberToHex } from "viem";
import type { ChainConnection } from "../../../worker/adapters/chain/connect.ts";
import { decodeEvent, type LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { type RpcAnswer, startRpcProxy } from "../rpcProxy.ts";

/** A log as eth_getLogs returns it, with what it says. */
export type ShownLog = {
	readonly event: LedgerEvent;
	/** Address, topics, block and so on, untouched. */
	readonly rest: Readonly<Record<string, unknown>>;
	readonly data: Hex;
};

type RpcBlock = Readonly<Record<string, unknown>>;

export type Lie = {
	/** The logs to show instead. */
	readonly logs?: (logs: readonly ShownLog[]) => readonly ShownLog[];
	/** One block's header to show instead. */
	readonly header?: { readonly number: bigint; readonly change: (block: RpcBlock) => RpcBlock };
	/** Result of a call by its data; undefined passes it on. */
	readonly call?: (data: Hex) => Hex | undefined;
};

/** A value as one 32-byte word of a log's data. */
const word = (value: bigint | Hex): string => numberToHex(BigInt(value), { size: 32 }).slice(2);

/** Writes another value where the log says the first one, wherever it does. @throws RangeError when it does not say it */
export const rewrite = (log: ShownLog, from: bigint | Hex, to: bigint | Hex): ShownLog => {
	const words: readonly string[] = log.data.slice(2).match(/.{64}/g) ?? [];
	if (!words.includes(word(from))) throw new RangeError(`${log.event.name} does not say ${from}`);
	return { ...log, data: `0x${words.map((said) => (said === word(from) ? word(to) : said)).join("")}` };
};

/** The node's logs with one of them changed, or left out. @throws RangeError when none suits */
export const changeLog =
	<Name extends LedgerEvent["name"]>(
		name: Name,
		suits: (args: Extract<LedgerEvent, { name: Name }>["args"]) => boolean,
		change: (log: ShownLog, args: Extract<LedgerEvent, { name: Name }>["args"]) => ShownLog | undefined,
	) =>
	(logs: readonly ShownLog[]): readonly ShownLog[] => {
		const index = logs.findIndex(({ event }) => event.name === name && suits(event.args as never));
		const log = logs[index];
		if (log === undefined) throw new RangeError(`no log ${name} suits`);
		const changed = change(log, log.event.args as never);
		return changed === undefined ? logs.toSpliced(index, 1) : logs.with(index, changed);
	};

const ask = async (rpcUrl: string, method: string, params: readonly unknown[]): Promise<unknown> => {
	const response = await fetch(rpcUrl, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
	});
	return ((await response.json()) as { result: unknown }).result;
};

type RawLog = Parameters<typeof decodeEvent>[0];

/** Starts the lying node. @returns its URL, and how to end it */
export const startDoctoredNode = async ({ rpcUrl, deployment }: ChainConnection, { logs, header, call }: Lie) => {
	const filter = { address: Object.values(deployment), fromBlock: "0x0", toBlock: "latest" };
	const raw = (await ask(rpcUrl, "eth_getLogs", [filter])) as readonly (RawLog & { readonly data: Hex })[];
	const shown = raw.flatMap((log) => {
		const event = decodeEvent(log, deployment);
		const { data, ...rest } = log;
		return event === undefined ? [] : [{ event, rest, data }];
	});
	const shownLogs = (logs?.(shown) ?? shown).map(({ rest, data }) => ({ ...rest, data }));
	const number = header === undefined ? undefined : numberToHex(header.number);
	const shownHeader = header?.change((await ask(rpcUrl, "eth_getBlockByNumber", [number, false])) as RpcBlock);
	const resultOf = (method: string, [first]: readonly unknown[]): unknown => {
		if (method === "eth_getLogs") return shownLogs;
		if (method === "eth_getBlockByNumber" && first === number) return shownHeader;
		if (method === "eth_call") return call?.((first as { readonly data: Hex }).data);
		return undefined;
	};
	const proxy = await startRpcProxy(rpcUrl);
	proxy.answer = ({ method, params }): RpcAnswer | undefined => {
		const result = resultOf(method, params);
		return result === undefined ? undefined : { result };
	};
	return proxy;
};
