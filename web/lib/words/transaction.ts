/** Events of one transaction, told together. */
import type { Address, Hex } from "viem";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { type EventWords, eventWords, type Tone, type Topic } from "./event.ts";
import type { NameOf } from "./names.ts";

export type EventLink = { readonly label: string; readonly href: string };

export type TransactionStory = {
	readonly hash: Hex;
	readonly blockNumber: bigint;
	/** The worst of its sentences'. */
	readonly tone: Tone;
	readonly topic: Topic;
	/** What happened, without a full stop. */
	readonly title: string;
	/** What else happened by it, in order. */
	readonly more: readonly string[];
	readonly links: readonly EventLink[];
	/** Whose events they are, where it is one study. */
	readonly studyId?: bigint;
};

const WORST: readonly Tone[] = ["bad", "warn", "ok", "info", "idle"];

/** Sentences that only tell a consequence come after the one that tells the deed. */
const CONSEQUENCES: ReadonlySet<LedgerEvent["name"]> = new Set([
	"SubmissionsClosed",
	"KeySumsCompleted",
	"RoundFinalized",
	"UpdateExcluded",
	"HospitalBarred",
	"ModelAppended",
]);

/** Path of a round, or of a hospital's update in it. */
export const roundPath = (roundId: bigint, hospital?: Address): string =>
	`/rounds/${roundId}${hospital === undefined ? "" : `#update-${hospital}`}`;

export const modelPath = (modelId: bigint): string => `/models/${modelId}`;

const linksOf = (events: readonly LedgerEvent[]): readonly EventLink[] => {
	const links = new Map<string, string>();
	for (const { name, args } of events) {
		if ("roundId" in args && args.roundId > 0n) links.set(roundPath(args.roundId), `Round ${args.roundId}`);
		if (name === "UpdateSubmitted") links.set(roundPath(args.roundId, args.hospital), "Update");
		if (name === "ModelAppended") links.set(modelPath(args.modelId), `Model ${args.modelId}`);
	}
	return [...links].map(([href, label]) => ({ label, href }));
};

const studyOf = (
	events: readonly LedgerEvent[],
	studyOfRound: ReadonlyMap<bigint, bigint>,
): { readonly studyId?: bigint } => {
	for (const { args } of events) {
		if ("studyId" in args) return { studyId: args.studyId };
		const studyId = "roundId" in args ? studyOfRound.get(args.roundId) : undefined;
		if (studyId !== undefined) return { studyId };
	}
	return {};
};

/** @param events of one transaction, in order */
const storyOf = (
	events: readonly [LedgerEvent, ...LedgerEvent[]],
	nameOf: NameOf,
	studyOfRound: ReadonlyMap<bigint, bigint>,
): TransactionStory => {
	const deeds: EventWords[] = [];
	const consequences: EventWords[] = [];
	for (const event of events) {
		const words = eventWords(event, { nameOf, siblings: events });
		if (words !== undefined) (CONSEQUENCES.has(event.name) ? consequences : deeds).push(words);
	}
	const sentences = [...deeds, ...consequences];
	const { transactionHash, blockNumber } = events[0].place;
	return {
		hash: transactionHash,
		blockNumber,
		tone: WORST.find((tone) => sentences.some((words) => words.tone === tone)) ?? "info",
		topic: sentences[0]?.topic ?? "consortium",
		title: sentences[0]?.text ?? "",
		more: sentences.slice(1).map(({ text }) => text),
		links: linksOf(events),
		...studyOf(events, studyOfRound),
	};
};

type Known = { readonly count: number; readonly nameOf: NameOf; readonly story: TransactionStory };

/** By a transaction's first event, which stays the same object as long as it is on the chain: an event more is one story more to tell. */
const known = new WeakMap<LedgerEvent, Known>();

/** @param events in chain order @returns one story per transaction, newest first */
export const transactionStories = (events: readonly LedgerEvent[], nameOf: NameOf): readonly TransactionStory[] => {
	const studyOfRound = new Map<bigint, bigint>();
	const groups: [LedgerEvent, ...LedgerEvent[]][] = [];
	for (const event of events) {
		if (event.name === "RoundOpened") studyOfRound.set(event.args.roundId, event.args.studyId);
		const group = groups.at(-1);
		if (group !== undefined && group[0].place.transactionHash === event.place.transactionHash) group.push(event);
		else groups.push([event]);
	}
	return groups
		.map((group) => {
			const [first] = group;
			const found = known.get(first);
			if (found?.nameOf === nameOf && found.count === group.length) return found.story;
			const story = storyOf(group, nameOf, studyOfRound);
			known.set(first, { count: group.length, nameOf, story });
			return story;
		})
		.toReversed();
};
