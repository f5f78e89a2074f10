import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeAbiParameters, encodeEventTopics, type Hex, parseAbiParameters } from "viem";
import { decodeEvent, type LedgerEvent, type RawLog } from "../../../worker/core/ledger/events.ts";
import { createLedgerFold, foldEvents } from "../../../worker/core/ledger/fold.ts";
import { activeRound, currentModel } from "../../../worker/core/ledger/state.ts";
import { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { address, DEPLOYMENT } from "../../support/audit/ledgerWriter.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import {
	DURATIONS,
	digestOf,
	enrolled,
	HOSPITALS,
	MEMBERS,
	type RoundEvents,
	rootOf,
	STUDY_ID,
} from "../../support/roundEvents.ts";

const [A, B, C] = HOSPITALS;
const [M1, M2] = MEMBERS;

const frozen = (): RoundEvents => {
	const events = enrolled();
	events.openRound();
	for (const hospital of [A, B, C]) events.submit(hospital);
	events.close();
	for (const member of [M1, M2]) events.confirm(member);
	events.freeze();
	return events;
};

/** A round in which only M1 holds the bundle of C. */
const checked = (): RoundEvents => {
	const events = enrolled();
	events.openRound();
	for (const hospital of [A, B, C]) events.submit(hospital);
	events.confirm(M1);
	events.confirm(M2, [A, B]);
	return events;
};

/** The events without those that `drop` names. */
const without = (events: RoundEvents, drop: (event: LedgerEvent) => boolean): readonly LedgerEvent[] =>
	events.events.filter((event) => !drop(event));

/** The events with one of them changed. */
const changed = (events: RoundEvents, name: LedgerEvent["name"], change: (args: Record<string, unknown>) => object) =>
	events.events.map((event) =>
		event.name === name ? ({ ...event, args: change({ ...event.args }) } as unknown as LedgerEvent) : event,
	);

describe("a ledger", () => {
	it("follows a round from its opening to a new model", () => {
		const events = frozen();
		events.postKeySum(M2);
		events.postKeySum(M1, true);
		events.attest(M1);
		events.attest(M2, true);
		const ledger = foldEvents(events.events);
		const round = ledger.rounds.get(1n);
		assert.equal(round?.phase, "Finalized");
		assert.deepEqual(
			round.updates.map(({ hospital, segments }) => [hospital, segments.length]),
			[A, B, C].map((hospital) => [hospital, 1]),
		);
		assert.deepEqual(round.frozen?.hospitals, [A, B, C]);
		assert.deepEqual(
			round.keySums.map(({ index }) => index),
			[2, 1],
		);
		assert.equal(round.attestations.length, 2);
		assert.equal(round.finalized?.modelId, 2n);
		assert.equal(currentModel(ledger, STUDY_ID)?.modelId, 2n);
		assert.equal(activeRound(ledger, STUDY_ID), undefined);
	});

	it("forgets a removed hospital's data and a removed member's key, and remembers who is barred", () => {
		const events = enrolled();
		events.openRound();
		events.submit(A);
		events.submit(B);
		events.removeUpdate(B);
		events.removeMember(M1);
		const { hospitals, barred, datasets, members, rounds } = foldEvents(events.events);
		assert.deepEqual([...hospitals], [A, C]);
		assert.deepEqual([...barred], [B]);
		assert.deepEqual([...(datasets.get(STUDY_ID)?.keys() ?? [])], [A, C]);
		assert.equal(datasets.get(STUDY_ID)?.get(A)?.root, rootOf(A));
		assert.equal(members.has(M1), false);
		const { updates, removed } = rounds.get(1n) ?? assert.fail();
		assert.deepEqual([updates.map(({ hospital }) => hospital), removed], [[A], [B]]);
	});

	it("counts an update's position over removed ones, and its confirmations", () => {
		const events = enrolled();
		events.openRound();
		for (const hospital of [A, B]) events.submit(hospital);
		events.confirm(M2, [B]);
		events.removeUpdate(A);
		events.submit(C);
		events.confirm(M1);
		const { updates } = foldEvents(events.events).rounds.get(1n) ?? assert.fail();
		assert.deepEqual(
			updates.map(({ hospital, position, confirmedBy }) => [hospital, position, confirmedBy]),
			[
				[B, 1, [M2, M1]],
				[C, 2, [M1]],
			],
		);
	});

	it("ends the submissions early, and the checking with them", () => {
		const events = enrolled();
		events.openRound();
		const planned = events.deadline() + DURATIONS.checking;
		assert.equal(foldEvents(events.events).rounds.get(1n)?.checkingDeadline, planned);
		for (const hospital of [A, B, C]) events.submit(hospital);
		events.close();
		const { closed, deadline, checkingDeadline } = foldEvents(events.events).rounds.get(1n) ?? assert.fail();
		assert.deepEqual([closed, deadline], [true, events.deadline()]);
		assert.equal(checkingDeadline, events.deadline() + DURATIONS.checking);
		assert.ok(checkingDeadline < planned);
	});

	it("leaves an excluded update out of the frozen set", () => {
		const events = checked();
		events.exclude(C);
		events.freeze();
		const { updates, excluded, frozen: set, phase } = foldEvents(events.events).rounds.get(1n) ?? assert.fail();
		assert.equal(phase, "Frozen");
		assert.deepEqual([updates.map(({ hospital }) => hospital), excluded], [[A, B], [C]]);
		assert.deepEqual(set?.hospitals, [A, B]);
	});

	it("keeps an update's own segments, although another transaction of the hospital left some", () => {
		const events = enrolled();
		events.openRound();
		events.transaction((emit) =>
			emit("roundManager", "SegmentProven", {
				roundId: 1n,
				hospital: A,
				segment: 0n,
				commitmentOut: 99n,
				proof: [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
			}),
		);
		events.submit(A);
		assert.deepEqual(
			foldEvents(events.events)
				.rounds.get(1n)
				?.updates[0]?.segments.map(({ commitmentOut }) => commitmentOut),
			[7n],
		);
	});
});

describe("events that these contracts can't have made", () => {
	const cases: Readonly<Record<string, () => readonly LedgerEvent[]>> = {
		"an update of a round that was never opened": () => without(frozen(), ({ name }) => name === "RoundOpened"),
		"a round of a study that was never created": () => without(frozen(), ({ name }) => name === "StudyCreated"),
		"a round on a model that was never appended": () => without(frozen(), ({ name }) => name === "ModelAppended"),
		"a round after one that is missing": () => {
			const events = enrolled();
			events.openRound({ roundId: 2n });
			return events.events;
		},
		"a round opened twice": () => {
			const events = enrolled();
			events.openRound();
			events.openRound({ roundId: 1n });
			return events.events;
		},
		"two updates of one hospital": () => {
			const events = enrolled();
			events.openRound();
			events.submit(A);
			events.submit(A);
			return events.events;
		},
		// The cases that would make a member open a sum over another set than it signs for.
		"a frozen set with an update that the node left out": () =>
			without(frozen(), (event) => event.name === "UpdateSubmitted" && event.args.hospital === B),
		"a frozen set without an accepted update": () => {
			const events = frozen();
			events.events.splice(
				events.events.findIndex(({ name }) => name === "RoundFrozen"),
				1,
			);
			events.freeze(events.accepted.slice(0, 2));
			return events.events;
		},
		"a frozen set with an update that too few members hold": () => {
			const events = checked();
			events.freeze();
			return events.events;
		},
		"an update excluded that enough members hold": () => {
			const events = checked();
			events.exclude(A);
			return events.events;
		},
		"an update excluded that is not there": () => {
			const events = checked();
			events.exclude(HOSPITALS[3]);
			return events.events;
		},
		"a confirmation that counts twice": () => {
			const events = checked();
			events.confirm(M1, [C]);
			return events.events;
		},
		"a confirmation by somebody who is not on the committee": () => {
			const events = checked();
			events.confirm(address("stranger"), [C]);
			return events.events;
		},
		"a confirmation of an update that is not there": () => {
			const events = checked();
			events.confirm(M1, [HOSPITALS[3]]);
			return events.events;
		},
		"a frozen set in another order": () =>
			changed(frozen(), "RoundFrozen", (args) => ({ ...args, hospitals: [B, A, C] })),
		"a frozen set with another bundle": () =>
			changed(frozen(), "RoundFrozen", (args) => ({
				...args,
				bundleDigests: [digestOf("x"), ...(args.bundleDigests as Hex[]).slice(1)],
			})),
		"a frozen set under another digest": () =>
			changed(frozen(), "RoundFrozen", (args) => ({ ...args, frozenSetDigest: digestOf("x") })),
		"an unknown reason of failure": () => {
			const events = enrolled();
			events.openRound();
			events.fail(9);
			return events.events;
		},
		"a log twice": () => {
			const { events } = frozen();
			return [...events.slice(0, 5), ...events.slice(4)];
		},
		"logs in another order": () => {
			const { events } = frozen();
			return [...events.slice(1), ...events.slice(0, 1)];
		},
	};
	for (const [name, events] of Object.entries(cases)) {
		it(name, () => {
			const { message, nextStep } = throwsWithCode(() => foldEvents(events()), "LEDGER_INCONSISTENT");
			// The place is named, so that it can be looked up.
			assert.match(message, /transaction 0x[0-9a-f]{64} \(log [0-9]+\)/);
			assert.match(nextStep, /another node/);
		});
	}
});

describe("a log", () => {
	const place = { blockNumber: 3n, transactionHash: digestOf("transaction"), logIndex: 4 };
	const args = { roundId: 7n, member: M1 };
	const proof = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n] as const;
	const posted = { index: 2, values: [5n, 6n], proofs: [{ proof, evaluation: 7n, maskOut: 8n }] };
	const parameters = parseAbiParameters([
		"uint8 index, uint256[] values, KeySumProof[] proofs",
		"struct KeySumProof { uint256[8] proof; uint256 evaluation; uint256 maskOut; }",
	]);
	const log: RawLog = {
		...place,
		address: DEPLOYMENT.roundManager,
		topics: encodeEventTopics({ abi: roundManagerAbi, eventName: "KeySumPosted", args }) as Hex[],
		data: encodeAbiParameters(parameters, [posted.index, posted.values, posted.proofs]),
	};

	it("is decoded with its source and place", () => {
		assert.deepEqual(decodeEvent(log, DEPLOYMENT), {
			source: "roundManager",
			name: "KeySumPosted",
			args: { ...args, ...posted },
			place,
		});
	});

	it("of another contract, of an unknown event, without topics or cut short says nothing", () => {
		for (const other of [
			{ ...log, address: address("stranger") },
			// The same event from a contract of ours that does not have it.
			{ ...log, address: DEPLOYMENT.modelRegistry },
			{ ...log, topics: [digestOf("OwnershipTransferred(address,address)"), ...log.topics.slice(1)] },
			{ ...log, topics: [] },
			{ ...log, topics: log.topics.slice(0, 2) },
			{ ...log, data: "0x01" as const },
		]) {
			assert.equal(decodeEvent(other, DEPLOYMENT), undefined);
		}
	});
});

describe("a fold", () => {
	it("says after each event what all events up to it say, and what was said before stays", () => {
		const { events } = frozen();
		const fold = createLedgerFold();
		for (const [index, event] of events.entries()) {
			const before = fold.fork();
			const rest = fold.fork();
			fold.apply(event);
			assert.deepEqual(fold.ledger, foldEvents(events.slice(0, index + 1)));
			for (const later of events.slice(index)) rest.apply(later);
			assert.deepEqual(rest.ledger, foldEvents(events));
			assert.deepEqual(before.ledger, foldEvents(events.slice(0, index)));
		}
	});

	it("refuses an event that is not after the last one, as a fork does", () => {
		const { events } = enrolled();
		const fold = createLedgerFold();
		for (const event of events) fold.apply(event);
		const last = events.at(-1) as LedgerEvent;
		throwsWithCode(() => fold.fork().apply(last), "LEDGER_INCONSISTENT");
		throwsWithCode(() => fold.apply(last), "LEDGER_INCONSISTENT");
	});
});
