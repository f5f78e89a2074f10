import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { roundHistories } from "../../../web/lib/words/history.ts";
import { participantsOf } from "../../../web/lib/words/participants.ts";
import { roundTimeline } from "../../../web/lib/words/timeline.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { FAILURE_REASONS } from "../../../worker/core/ledger/state.ts";
import { timeOf } from "../../support/audit/ledgerWriter.ts";
import { DURATIONS, enrolled, HOSPITALS, MEMBERS, MIN_UPDATES, type RoundEvents } from "../../support/roundEvents.ts";

const THRESHOLDS = { threshold: 2, minUpdates: MIN_UPDATES };

const view = (events: RoundEvents, now = timeOf(events.blockNumber())) => {
	const round = foldEvents(events.events).rounds.get(1n);
	const history = roundHistories(events.events).get(1n);
	assert.ok(round && history);
	return {
		round,
		history,
		timeline: roundTimeline(round, THRESHOLDS, { now, history }),
		participants: participantsOf(round, THRESHOLDS, { history, now }),
	};
};
const statesOf = (events: RoundEvents, now?: bigint): string =>
	view(events, now)
		.timeline.steps.map(({ state }) => state)
		.join(" ");

const submitted = (count: number): RoundEvents => {
	const events = enrolled();
	events.openRound();
	for (const hospital of HOSPITALS.slice(0, count)) events.submit(hospital);
	return events;
};

describe("a round's timeline", () => {
	it("waits for updates with a deadline and what is done of what is needed", () => {
		const { timeline, round } = view(submitted(1));
		assert.equal(timeline.current, "submissions");
		const [step, next] = timeline.steps;
		assert.deepEqual(step?.progress, { done: 1, needed: 3, what: "updates accepted" });
		assert.equal(step?.deadline, round.deadline);
		assert.deepEqual(step?.began, { kind: "place", place: round.place });
		assert.equal(step?.ended, undefined);
		assert.equal(next?.state, "waiting");
		assert.equal(next?.progress, undefined);
	});

	it("goes through checking, opening and attestation to a model", () => {
		const events = submitted(3);
		events.close();
		assert.equal(statesOf(events), "done active waiting waiting waiting");
		events.confirm(MEMBERS[0]);
		const checking = view(events);
		assert.deepEqual(checking.timeline.steps[1]?.progress, {
			done: 0,
			needed: 3,
			what: "bundles held by enough members",
		});
		assert.equal(checking.timeline.steps[1]?.deadline, checking.round.checkingDeadline);
		assert.equal(checking.timeline.due, undefined);
		events.confirm(MEMBERS[1]);
		assert.equal(view(events).timeline.due, "freeze");
		events.freeze();
		assert.equal(statesOf(events), "done done active waiting waiting");
		events.postKeySum(MEMBERS[0]);
		assert.deepEqual(view(events).timeline.steps[2]?.progress, { done: 1, needed: 2, what: "key sums posted" });
		events.postKeySum(MEMBERS[2], true);
		assert.equal(statesOf(events), "done done done active waiting");
		events.attest(MEMBERS[0]);
		assert.equal(view(events).timeline.steps[3]?.progress?.done, 1);
		events.attest(MEMBERS[1], true);
		const { timeline, history } = view(events);
		assert.equal(timeline.steps.map(({ state }) => state).join(" "), "done done done done done");
		assert.equal(timeline.steps[4]?.text, "Model 2 is the result.");
		const ends = timeline.steps.map(({ ended }) => (ended?.kind === "place" ? ended.place : undefined));
		assert.deepEqual(ends, [
			history.closedAt,
			view(events).round.frozen?.place,
			history.openedAt,
			history.endedAt,
			undefined,
		]);
		// Each step begins where the one before it ended.
		for (const [index, step] of timeline.steps.entries()) {
			if (index > 0) assert.deepEqual(step.began, timeline.steps[index - 1]?.ended);
		}
	});

	it("says that anyone may fail a round whose time is over, and names the end of submissions by its deadline", () => {
		const events = submitted(1);
		const late = events.deadline() + 1n;
		const { timeline } = view(events, late);
		assert.equal(timeline.due, "fail");
		const enough = view(submitted(2), late);
		assert.equal(enough.timeline.current, "checking");
		assert.equal(enough.timeline.due, undefined);
		assert.deepEqual(enough.timeline.steps[0]?.ended, { kind: "time", seconds: late - 1n });
		assert.equal(enough.timeline.steps[1]?.deadline, late - 1n + DURATIONS.checking);
	});

	it("ends where the round failed", () => {
		const few = submitted(1);
		few.fail(1);
		assert.equal(statesOf(few), "failed unreached unreached unreached failed");
		assert.match(view(few).timeline.steps[0]?.text ?? "", /had 1 update; the study needs at least 2/);
		const unavailable = submitted(3);
		unavailable.fail(FAILURE_REASONS.indexOf("NotEnoughAvailable"));
		assert.equal(statesOf(unavailable), "done failed unreached unreached failed");
		const unopened = submitted(3);
		for (const member of MEMBERS.slice(0, 2)) unopened.confirm(member);
		unopened.freeze();
		unopened.postKeySum(MEMBERS[0]);
		assert.equal(view(unopened).timeline.steps[2]?.deadline, undefined);
		unopened.closeStudy();
		assert.equal(statesOf(unopened), "done done failed unreached failed");
		const { timeline, history } = view(unopened);
		assert.deepEqual(timeline.steps[2]?.ended, { kind: "place", place: history.endedAt });
		assert.match(
			timeline.steps[4]?.text ?? "",
			/^Failed: it could not be finished\. The study's current model is unchanged, and stays its last/,
		);
	});
});

describe("a round's participants", () => {
	it("tells what became of each update, removed and excluded ones too, and who did not submit", () => {
		const events = submitted(2);
		events.removeUpdate(HOSPITALS[1]);
		const open = view(events);
		assert.deepEqual(
			open.participants.map(({ hospital, state }) => [hospital, state]),
			[
				[HOSPITALS[0], "Accepted"],
				[HOSPITALS[1], "Removed"],
				[HOSPITALS[2], "Not yet submitted"],
			],
		);
		assert.equal(open.participants[1]?.submission?.segments.length, 1);
		// Removed ones are not expected any more.
		assert.deepEqual(open.timeline.steps[0]?.progress, { done: 1, needed: 2, what: "updates accepted" });
	});

	it("tells who was left out and why", () => {
		const events = submitted(3);
		events.close();
		events.confirm(MEMBERS[0]);
		events.confirm(MEMBERS[1], HOSPITALS.slice(0, 2));
		events.exclude(HOSPITALS[2]);
		events.freeze();
		const { participants } = view(events);
		assert.deepEqual(
			participants.map(({ state }) => state),
			["In the frozen set", "In the frozen set", "Left out"],
		);
		assert.equal(participants[2]?.reason, "1 of 3 members hold its bundle; 2 are needed.");
		assert.deepEqual(participants[0]?.submission?.confirmedBy, MEMBERS.slice(0, 2));
	});

	it("a hospital that commits data during the round is not among them", () => {
		const events = enrolled();
		events.openRound();
		events.admitHospital(HOSPITALS[3]);
		events.commitDataset(HOSPITALS[3]);
		assert.equal(view(events).participants.length, 3);
	});
});
