/**
 * The transactions of a page by step: checked, signed, watched until they are mined. What is on its way survives a reload; the rest follows
 * from the chain.
 */
import { explainRevert } from "../explain/revert.ts";
import type { Call, Problem } from "../explain/types.ts";
import { PROBLEMS } from "../explain/walletErrors.ts";
import type { Sent, SentMemory } from "./memory.ts";
import type { ChainPort, Clock, SendPorts, SignedRequest } from "./ports.ts";
import { prepare } from "./prepare.ts";
import { isBusy, type SendState } from "./state.ts";
import { callDigest, type Outcome, watchSent } from "./watch.ts";

const IDLE: SendState = { phase: "idle" };

type Entry = { state: SendState; watching?: AbortController };

const REVERTED: Problem = {
	title: "The contract refused",
	detail:
		"The transaction was mined, and changed nothing but the account's balance: somebody else's came first, or a deadline passed.",
	nextStep: "Look at what is due now.",
	code: "REVERTED",
};

export const createSendStore = ({ memory, clock }: { readonly memory: SentMemory; readonly clock: Clock }) => {
	const entries = new Map<string, Entry>();
	const listeners = new Set<() => void>();

	const entryOf = (key: string): Entry => {
		const known = entries.get(key) ?? { state: IDLE };
		entries.set(key, known);
		return known;
	};
	const set = (key: string, state: SendState): void => {
		entryOf(key).state = state;
		for (const listener of listeners) listener();
	};
	const fail = (key: string, problem: Problem, hash?: Sent["hash"]): void =>
		set(key, hash === undefined ? { phase: "failed", problem } : { phase: "failed", problem, hash });

	/** The contract's reason, by running the call again as of the block before. */
	const reasonOf = async (
		chain: ChainPort,
		{ hash, blockNumber }: Extract<Outcome, { kind: "reverted" }>,
	): Promise<Problem> => {
		try {
			const transaction = await chain.transaction(hash);
			if (transaction === undefined) return REVERTED;
			const { from, to, input: data } = transaction;
			await chain.replay({ from, to: to ?? undefined, data }, blockNumber - 1n);
			return REVERTED;
		} catch (error) {
			const problem = explainRevert(error);
			return problem.code === "NODE_UNREACHABLE" ? REVERTED : problem;
		}
	};

	const watch = async (key: string, first: Sent, chain: ChainPort): Promise<void> => {
		const entry = entryOf(key);
		entry.watching?.abort();
		const watching = new AbortController();
		entry.watching = watching;
		const { signal } = watching;
		const onChange = (sent: Sent): void => {
			if (signal.aborted) return;
			memory.put(key, sent);
			set(key, { phase: "pending", hash: sent.hash, since: sent.since });
		};
		onChange(first);
		const outcome = await watchSent(first, { chain, clock, signal, onChange });
		const problem =
			outcome.kind === "reverted"
				? await reasonOf(chain, outcome)
				: outcome.kind === "replaced"
					? PROBLEMS.replaced
					: PROBLEMS.dropped;
		if (outcome.kind === "stopped" || signal.aborted) return;
		memory.remove(key);
		if (outcome.kind === "confirmed") {
			const { hash, gasUsed, blockNumber } = outcome;
			set(key, { phase: "confirmed", hash, gasUsed, blockNumber });
		} else fail(key, problem, outcome.hash);
	};

	const sign = async (key: string, ports: SendPorts, request: SignedRequest, block: bigint) => {
		if (ports.wallet === undefined) return fail(key, PROBLEMS.notConnected);
		set(key, { phase: "signing" });
		const hash = await ports.wallet.send(request);
		const sent = {
			hash,
			since: clock.now(),
			from: request.from,
			callDigest: callDigest(request),
			block: String(block),
		};
		await watch(key, sent, ports.chain);
	};

	return {
		get: (key: string): SendState => entries.get(key)?.state ?? IDLE,
		/** @returns a function that ends it */
		subscribe: (listener: () => void): (() => void) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		/** Resolves when the transaction is mined or has failed; never rejects. Does nothing while the step's transaction is on its way. */
		send: async (key: string, call: Call, ports: SendPorts): Promise<void> => {
			if (isBusy(entryOf(key).state)) return;
			set(key, { phase: "checking" });
			try {
				const prepared = await prepare(call, ports);
				if (prepared.ok) await sign(key, ports, prepared.request, prepared.block);
				else fail(key, prepared.problem);
			} catch (error) {
				fail(key, explainRevert(error));
			}
		},
		/** Goes on watching what an earlier load of the page has sent. */
		resume: (key: string, chain: ChainPort): void => {
			if (entryOf(key).state.phase !== "idle") return;
			const sent = memory.get(key);
			if (sent !== undefined) void watch(key, sent, chain);
		},
		/** Forgets the step's transaction; one that is on its way goes on without being watched. */
		reset: (key: string): void => {
			entries.get(key)?.watching?.abort();
			memory.remove(key);
			set(key, IDLE);
		},
	};
};
