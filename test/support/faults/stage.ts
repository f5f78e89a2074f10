/** Where a scenario plays: seven participants in processes of their own, the links between them, and the chain's time. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChainConnection } from "../../../worker/adapters/chain/connect.ts";
import { activeRound, type Ledger, type RoundRecord } from "../../../worker/core/ledger/state.ts";
import { readLedger } from "../../../worker/node/participant.ts";
import type { RandomRing } from "../randomRing.ts";
import type { Actor } from "./actor.ts";
import type { ChainClock } from "./chainClock.ts";
import { type FaultConsortium, MEMBERS, NAMES, type Name, STUDY } from "./consortium.ts";
import type { Links } from "./links.ts";
import type { FaultNode } from "./node.ts";

export type View = {
	readonly ledger: Ledger;
	readonly blockNumber: bigint;
	readonly now: bigint;
	/** The study's latest round. */
	readonly round: RoundRecord | undefined;
};

export type Stage = {
	readonly random: RandomRing;
	readonly consortium: FaultConsortium;
	readonly node: FaultNode;
	/** The harness' own, past all links. */
	readonly connection: ChainConnection;
	readonly links: Links;
	readonly clock: ChainClock;
	readonly actors: Readonly<Record<Name, Actor>>;
	/** Participants that are not started again after the scenario's faults. */
	readonly gone: Set<Name>;
	/** Some of these names, by the seed. */
	readonly choose: (names: readonly Name[], count?: number) => readonly Name[];
	readonly look: () => Promise<View>;
	/** @throws Error when it does not come about in time */
	readonly until: (what: string, condition: (view: View) => boolean, timeout?: number) => Promise<View>;
	/** Jumps past the deadline of this phase, if it is the latest round's; without a name past whatever it is waiting for. A frozen round has none. */
	readonly passDeadline: (phase?: RoundRecord["phase"]) => Promise<void>;
	/** Ends the submissions of an open round, if they are not over: what comes after them keeps its time. */
	readonly endSubmissions: () => Promise<void>;
	/** What a scenario found wrong itself. */
	readonly violation: (text: string) => void;
	/** For the scan for secrets: bytes that left a process some other way. */
	readonly seen: (name: string, bytes: Uint8Array) => void;
};

/** Chain seconds: longer than any duration, and than it takes until a study may be closed. */
export const YEARS = 3n * 365n * 24n * 3600n;

const UNTIL_TIMEOUT = 90_000;
const LOOK_EVERY = 60;

export type StageParts = Pick<
	Stage,
	"random" | "consortium" | "node" | "connection" | "links" | "clock" | "actors" | "violation" | "seen" | "gone"
>;

export const createStage = (parts: StageParts): Stage => {
	const { random, connection, clock, consortium } = parts;
	const look = async (): Promise<View> => {
		const { ledger, blockNumber, now } = await readLedger(connection);
		const round = activeRound(ledger, consortium.studyId) ?? [...ledger.rounds.values()].at(-1);
		return { ledger, blockNumber, now, round };
	};
	return {
		...parts,
		choose: (names, count = 1) => {
			const left = [...names];
			return Array.from(
				{ length: Math.min(count, left.length) },
				() => left.splice(random.below(left.length), 1)[0] as Name,
			);
		},
		look,
		until: async (what, condition, timeout = UNTIL_TIMEOUT) => {
			for (const startedAt = performance.now(); performance.now() - startedAt < timeout; ) {
				const view = await look();
				if (condition(view)) return view;
				await sleep(LOOK_EVERY);
			}
			throw new Error(`in ${timeout / 1000} s it did not come about that ${what}`);
		},
		passDeadline: async (phase) => {
			const { round, now } = await look();
			if (round === undefined || (phase !== undefined && round.phase !== phase)) return;
			const isChecking = round.phase === "Open" && (round.closed || now > round.deadline);
			const deadline = round.membersOnlyUntil ?? (isChecking ? round.checkingDeadline : round.deadline);
			if (deadline >= now) await clock.jump(deadline - now + 1n);
		},
		endSubmissions: async () => {
			const { round, now } = await look();
			if (round?.phase !== "Open" || round.closed || now > round.deadline) return;
			await clock.jump(round.deadline - now + 1n);
		},
	};
};

/** Conditions that scenarios wait for. */
export const accepted =
	(count: number) =>
	({ round }: View): boolean =>
		(round?.updates.length ?? 0) >= count;
export const phaseIs =
	(...phases: readonly RoundRecord["phase"][]) =>
	({ round }: View): boolean =>
		round !== undefined && phases.includes(round.phase);
/** Every live update is confirmed by so many members. */
export const confirmedBy =
	(count: number) =>
	({ round }: View): boolean =>
		round !== undefined && round.updates.length > 0 && round.updates.every((one) => one.confirmedBy.length >= count);
export const keySums =
	(count: number) =>
	({ round }: View): boolean =>
		(round?.keySums.length ?? 0) >= count;
export const attestations =
	(count: number) =>
	({ round }: View): boolean =>
		(round?.attestations.length ?? 0) >= count;

export const EVERYBODY: readonly Name[] = NAMES;
export const THRESHOLD: number = STUDY.committee.threshold;
export const COMMITTEE: readonly Name[] = MEMBERS;
