/** The life of a worker: look at the chain, do what is due, wait for a block; and what happens when something goes wrong. */
import type { RoundRecord } from "../../core/ledger/state.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { isDecentraHealthError } from "../../protocol/errors.ts";
import type { Log } from "../log/createLog.ts";
import type { Clock } from "./clock.ts";
import { backoff, policyOf } from "./errorPolicy.ts";

/** What the chain says at one block. */
export type Look = {
	readonly blockNumber: bigint;
	/** The block's timestamp, Unix seconds. */
	readonly now: bigint;
	/** Undefined while the configured study is not on the chain. */
	readonly studyId?: bigint | undefined;
	/** The study's round that has not ended. */
	readonly round?: RoundRecord | undefined;
	/** The study's newest round, ended or not. */
	readonly latest?: RoundRecord | undefined;
};

/** What a step did; "wait" when nothing was due. */
export type Step = {
	readonly kind: string;
	readonly reason?: string | undefined;
	/** Bundles that could not be had: asked for again at the next step. */
	readonly unavailable?: readonly { readonly hospital: string; readonly code: string; readonly problem: string }[];
};

export type LoopPorts = {
	readonly look: () => Promise<Look>;
	readonly step: () => Promise<Step>;
	readonly latestBlock: () => Promise<bigint>;
	readonly clock: Clock;
	readonly log: Log;
	readonly signal: AbortSignal;
	/** Milliseconds between two questions for a new block. */
	readonly poll: number;
	/** End when nothing is due, and at the first error. */
	readonly once: boolean;
	readonly onLook?: ((look: Look) => void) | undefined;
	readonly onStep?: ((step: Step) => void) | undefined;
	readonly onError?: ((error: unknown) => void) | undefined;
};

/** Without a new block, the chain is looked at again after this many polls: a bundle that was missing may have come. */
const IDLE_POLLS = 15;
/** While bundles are missing, sooner. */
const MISSING_POLLS = 3;
const MOST_TRANSIENT_WAIT = 30_000;
/** A round that is left alone is tried again at long last: what was wrong may be outside the chain. */
const MOST_ROUND_WAIT = 600_000;

/** Changes when something happens in the round that could make a refused action possible, or another one due. */
const fingerprintOf = ({ studyId, round, now }: Look): string => {
	if (round === undefined) return studyId === undefined ? "no study" : "no round";
	const { roundId, phase, deadline, checkingDeadline, membersOnlyUntil, updates, removed, frozen, place } = round;
	const { keySums, attestations, hospitalAttestations } = round;
	const confirmations = updates.reduce((sum, { confirmedBy }) => sum + confirmedBy.length, 0);
	const attested = attestations.length + hospitalAttestations.length;
	const counts = [updates.length, removed.length, keySums.length, attested, confirmations];
	const times = [deadline, checkingDeadline, membersOnlyUntil].flatMap((time) => [
		time,
		time !== undefined && now > time,
	]);
	return [roundId, place.blockNumber, phase, frozen?.frozenSetDigest, ...counts, ...times].join("|");
};

/** Runs until the signal aborts or, with `once`, nothing is due. @throws what policyOf calls fatal; with `once` any error */
export const runLoop = async (ports: LoopPorts): Promise<void> => {
	const { clock, log, signal, poll, once } = ports;
	/** Codes that were said since the last success. */
	const said = new Map<ErrorCode, number>();
	let failures = 0;
	/** The state of the round that an error belongs to, and when to try again all the same. */
	let refused: { readonly state: string; readonly until: number; readonly times: number } | undefined;
	let state = "";
	/** A call that the contract refused: an error only if the round is still as it was when the call was decided on. */
	let reverted: { readonly error: unknown; readonly state: string; readonly waitSeconds: number } | undefined;
	let lastReason: string | undefined;
	let lastDone: string | undefined;
	let missing = "";

	const tellMissing = ({ unavailable = [] }: Step): void => {
		const text = unavailable.map(({ hospital, code }) => `${hospital} (${code})`).join(", ");
		if (text !== missing && text !== "") log.warn(`bundles that can't be had yet: ${text}`);
		missing = text;
	};

	const recovered = (): void => {
		for (const [code, attempts] of said) log.info("it works again", { code, attempts });
		said.clear();
		failures = 0;
	};

	const waitForBlock = async (known: bigint): Promise<void> => {
		const most = missing === "" ? IDLE_POLLS : MISSING_POLLS;
		for (let polls = 0; polls < most && !signal.aborted; polls++) {
			await clock.wait(poll, signal);
			// Whether the node can be reached, the next look tells.
			const latest = await ports.latestBlock().catch(() => undefined);
			if (latest === undefined || latest !== known) return;
		}
	};

	const tellReverted = (): void => {
		if (reverted === undefined) return;
		const { error, waitSeconds } = reverted;
		if (reverted.state === state) log.failure("warn", error, { waitSeconds });
		else log.debug("somebody else was faster: the round has moved on");
		reverted = undefined;
	};

	const lookAndAct = async (): Promise<Look | undefined> => {
		const look = await ports.look();
		state = fingerprintOf(look);
		ports.onLook?.(look);
		tellReverted();
		if (refused !== undefined && refused.state === state && clock.now() < refused.until) return look;
		const step = await ports.step();
		ports.onStep?.(step);
		recovered();
		refused = undefined;
		tellMissing(step);
		if (step.kind === "wait") {
			if (step.reason !== lastReason) log.info(`waiting: ${step.reason ?? "nothing is due"}`);
			lastReason = step.reason;
			return look;
		}
		lastReason = undefined;
		log.info(`done: ${step.kind}`, { action: step.kind });
		// Done, and the chain as this node shows it does not have it: it is behind, and asking again at once brings it no further.
		const done = `${step.kind} ${look.blockNumber} ${state}`;
		if (done === lastDone) await waitForBlock(look.blockNumber);
		lastDone = done;
		return undefined;
	};

	const recover = async (error: unknown): Promise<void> => {
		ports.onError?.(error);
		const policy = policyOf(error);
		if (once || policy === "fatal" || !isDecentraHealthError(error)) throw error;
		if (policy === "round") {
			const times = refused?.state === state ? refused.times + 1 : 1;
			const wait = backoff(times, { first: 8 * poll, most: MOST_ROUND_WAIT });
			const waitSeconds = wait / 1000;
			// Once for each state of the round.
			if (times === 1 && error.code === "CONTRACT_REVERTED") reverted = { error, state, waitSeconds };
			else if (times === 1) log.failure("warn", error, { waitSeconds });
			refused = { state, times, until: clock.now() + wait };
			await clock.wait(poll, signal);
			return;
		}
		failures++;
		const wait = backoff(failures, { first: poll, most: MOST_TRANSIENT_WAIT });
		if (!said.has(error.code)) log.failure("warn", error, { waitSeconds: wait / 1000 });
		said.set(error.code, (said.get(error.code) ?? 0) + 1);
		await clock.wait(wait, signal);
	};

	while (!signal.aborted) {
		try {
			const idle = await lookAndAct();
			if (idle === undefined) continue;
			if (once) return;
			await waitForBlock(idle.blockNumber);
		} catch (error) {
			if (signal.aborted) return;
			await recover(error);
		}
	}
};
