/**
 * The contracts' history, event by event: the state just before each event decides whether the contracts could have emitted it, so an event
 * that a node left out, repeated or made up shows. Second to core/ledger/fold.ts, which rebuilds only the final state and trusts the events.
 */
import type { Deployment, LedgerEvent } from "../../ledger/events.ts";
import type { ModelRecord, StudyRecord } from "../../ledger/state.ts";
import { applyRegistryEvent } from "./registryRules.ts";
import { applyRoundEvent } from "./roundRules.ts";
import { initialState, type RoundHistory, type Violation } from "./state.ts";
import { applyStudyEvent } from "./studyRules.ts";

export type History = {
	readonly studies: ReadonlyMap<bigint, StudyRecord>;
	/** In the order of their events. */
	readonly models: readonly ModelRecord[];
	readonly rounds: ReadonlyMap<bigint, RoundHistory>;
	readonly violations: readonly Violation[];
};

const VIOLATIONS = {
	hospitalRegistry: "history.registry",
	modelRegistry: "history.study",
	roundManager: "history.round",
} as const;

/** The contract of an owed event, by the event's name. */
const owedBy = (what: string): Violation["id"] => {
	if (what.startsWith("Hospital")) return VIOLATIONS.hospitalRegistry;
	return what.startsWith("Model") ? VIOLATIONS.modelRegistry : VIOLATIONS.roundManager;
};

const isAfter = ({ place: one }: LedgerEvent, { place: other }: LedgerEvent): boolean =>
	one.blockNumber > other.blockNumber || (one.blockNumber === other.blockNumber && one.logIndex > other.logIndex);

/** @param events all events of the three contracts from the first block on */
export const replay = (events: readonly LedgerEvent[], deployment: Deployment): History => {
	const state = initialState();
	const violations: Violation[] = [];
	let previous: LedgerEvent | undefined;

	const settle = (transactionHash?: string): void => {
		for (const [what, place] of state.owed) {
			if (place.transactionHash === transactionHash) continue;
			violations.push({ id: owedBy(what), place, problem: `the transaction lacks its ${what}` });
			state.owed.delete(what);
		}
		state.segments = state.segments.filter(({ place }) => place.transactionHash === transactionHash);
	};

	for (const event of events) {
		const { source, place } = event;
		if (previous !== undefined && !isAfter(event, previous)) {
			violations.push({ id: "history.order", place, problem: `${event.name} does not come after ${previous.name}` });
		}
		settle(place.transactionHash);
		const object = (problem: string): void => {
			const roundId = source === "roundManager" && "roundId" in event.args ? { roundId: event.args.roundId } : {};
			violations.push({ id: VIOLATIONS[source], place, ...roundId, problem });
		};
		switch (source) {
			case "hospitalRegistry":
				applyRegistryEvent(state, event, { deployment, object });
				break;
			case "modelRegistry":
				applyStudyEvent(state, event, { deployment, object });
				break;
			case "roundManager":
				applyRoundEvent(state, event, object);
				break;
			default:
				event satisfies never;
		}
		previous = event;
	}
	settle();
	return { studies: state.studies, models: state.models, rounds: state.rounds, violations };
};
