/** Tampering with what decides the frozen set: the end of submissions, the members' confirmations, and the exclusions. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { CheckId } from "../../../worker/core/audit/report.ts";
import { frozenSetDigest } from "../../../worker/protocol/frozenSetDigest.ts";
import { address, headerOf, type SyntheticChain } from "../../support/audit/ledgerWriter.ts";
import { auditChain, cloneChain, dropEvent, eventOf, notOk } from "../../support/audit/runAudit.ts";
import { HOSPITALS, MEMBERS } from "../../support/audit/syntheticConsortium.ts";
import { finalizedChain, show, testTamperings, UNDECRYPTABLE } from "../../support/audit/tampering.ts";
import { rotatedChain } from "../../support/audit/troubledChain.ts";

const [A, B, C] = HOSPITALS;
const MISSED = "LEDGER_INCONSISTENT";
/** When an update of the frozen set was not available at all. */
const NOT_THE_SET: readonly CheckId[] = [
	"history.round",
	"round.timing",
	"round.excluded",
	"round.frozen.set",
	"round.frozen.digest",
	"round.keySum.statement",
	"round.keySum.proof",
	"round.keySum.agreement",
	...UNDECRYPTABLE,
];

type FrozenArgs = ReturnType<typeof eventOf<"RoundFrozen">>["args"];

/** The digest of the set that the event names, with the share digests of its round's updates. */
const frozenDigestOf = ({ events }: SyntheticChain, { roundId, hospitals, bundleDigests }: FrozenArgs) => {
	const shareDigests = hospitals.map((hospital) => {
		const submitted = events.find(
			({ name, args }) => name === "UpdateSubmitted" && args.roundId === roundId && args.hospital === hospital,
		);
		assert.ok(submitted?.name === "UpdateSubmitted");
		return submitted.args.update.encryption.shareDigest;
	});
	return frozenSetDigest(roundId, hospitals, bundleDigests, shareDigests);
};

/** The event's block gets the time of another one. */
const retime = (chain: SyntheticChain, blockNumber: bigint, asOf: bigint): void => {
	chain.headers.set(blockNumber, { ...headerOf(blockNumber), timestamp: headerOf(asOf).timestamp });
};

testTamperings(finalizedChain("availability"), [
	{
		name: "a confirmation is left out",
		tamper: (chain) => dropEvent(chain, eventOf(chain, "AvailabilityConfirmed")),
		id: "round.timing",
		code: "AUDIT_MISMATCH",
		affected: NOT_THE_SET.slice(1),
	},
	{
		name: "a confirmation by somebody who is not on the committee",
		tamper: (chain) => {
			eventOf(chain, "AvailabilityConfirmed").args.member = address("stranger");
		},
		id: "history.round",
		code: MISSED,
		place: { roundId: "1" },
		affected: NOT_THE_SET,
	},
	{
		name: "a member confirms twice, and no other does",
		tamper: (chain) => {
			eventOf(chain, "AvailabilityConfirmed", 1).args.member = MEMBERS[0];
		},
		id: "history.round",
		code: MISSED,
		place: { roundId: "1" },
		affected: NOT_THE_SET,
	},
	{
		name: "a confirmation of one update twice",
		tamper: (chain) => {
			(eventOf(chain, "AvailabilityConfirmed", 1).args.hospitals as unknown[]).push(A);
		},
		id: "history.round",
		code: MISSED,
		place: { roundId: "1" },
	},
	{
		name: "a confirmation of an update that nobody submitted",
		tamper: (chain) => {
			(eventOf(chain, "AvailabilityConfirmed").args.hospitals as unknown[]).push(address("stranger"));
		},
		id: "history.round",
		code: MISSED,
	},
	{
		name: "a confirmation of nothing",
		tamper: (chain) => {
			const { args, place } = eventOf(chain, "AvailabilityConfirmed", 1);
			const again = { ...eventOf(chain, "AvailabilityConfirmed", 1), args: { ...args, hospitals: [] } };
			again.place = { ...place, logIndex: place.logIndex + 1 };
			chain.events.splice(chain.events.indexOf(eventOf(chain, "RoundFrozen") as never), 0, again as never);
		},
		id: "history.round",
		code: MISSED,
	},
	{
		name: "a confirmation after the freeze",
		tamper: (chain) => {
			const late = structuredClone(eventOf(chain, "AvailabilityConfirmed"));
			late.args.member = MEMBERS[2];
			const frozen = eventOf(chain, "RoundFrozen");
			late.place = { ...frozen.place, logIndex: frozen.place.logIndex + 1 };
			chain.events.splice(chain.events.indexOf(frozen as never) + 1, 0, late as never);
		},
		id: "history.round",
		code: MISSED,
	},
	{
		name: "a confirmation after the end of checking",
		tamper: (chain) => {
			const { blockNumber } = eventOf(chain, "AvailabilityConfirmed").place;
			retime(chain, blockNumber, eventOf(chain, "SubmissionsClosed").place.blockNumber + 26n);
		},
		id: "round.timing",
		code: "AUDIT_MISMATCH",
		place: { roundId: "1" },
	},
	{
		name: "the end of submissions is left out",
		tamper: (chain) => dropEvent(chain, eventOf(chain, "SubmissionsClosed")),
		id: "history.round",
		code: MISSED,
		affected: ["history.round", "round.timing"],
	},
	{
		name: "submissions that close while updates are missing",
		tamper: (chain) => {
			const closed = structuredClone(eventOf(chain, "SubmissionsClosed"));
			const second = eventOf(chain, "UpdateSubmitted", 1);
			closed.place = { ...second.place, logIndex: second.place.logIndex + 1 };
			chain.events.splice(chain.events.indexOf(second as never) + 1, 0, closed as never);
		},
		id: "history.round",
		code: MISSED,
	},
	{
		name: "another deadline of the submissions that closed",
		tamper: (chain) => {
			eventOf(chain, "SubmissionsClosed").args.deadline -= 1n;
		},
		id: "round.timing",
		code: "AUDIT_MISMATCH",
	},
	{
		name: "a freeze in the second in which the submissions closed",
		tamper: (chain) => {
			const frozen = eventOf(chain, "RoundFrozen");
			const closed = eventOf(chain, "SubmissionsClosed").place.blockNumber;
			for (const { place } of [eventOf(chain, "AvailabilityConfirmed"), frozen])
				retime(chain, place.blockNumber, closed);
		},
		id: "round.timing",
		code: "AUDIT_MISMATCH",
	},
	{
		name: "an update that all hold is excluded all the same",
		tamper: (chain) => {
			const frozen = eventOf(chain, "RoundFrozen");
			const { args, place } = frozen;
			const excluded = { source: "roundManager", name: "UpdateExcluded", args: { roundId: args.roundId, hospital: C } };
			const at = chain.events.indexOf(frozen as never);
			chain.events.splice(at, 0, { ...excluded, place } as never);
			frozen.place = { ...place, logIndex: place.logIndex + 1 };
			args.hospitals.pop();
			args.bundleDigests.pop();
			args.frozenSetDigest = frozenDigestOf(chain, args);
		},
		id: "round.frozen.set",
		code: "AUDIT_MISMATCH",
		affected: ["round.frozen.set", "round.frozen.digest"],
	},
]);

let rotated: SyntheticChain;
before(() => {
	rotated = rotatedChain();
});

/** Of one round of the rotated chain: what is not ok beyond the missing bundle. */
const findings = async (roundId: string, change: (chain: SyntheticChain) => void): Promise<readonly string[]> => {
	const chain = cloneChain(rotated);
	change(chain);
	const found = notOk(await auditChain(chain)).filter(
		({ status, place }) => status === "failed" && place.roundId === roundId,
	);
	assert.notEqual(found.length, 0, "nothing was found");
	return [...new Set(found.map(({ id }) => id))];
};

test("an update whose bundle is gone is left out; every committee's confirmations, shares and key sums are checked under its own keys", async () => {
	const checks = await auditChain(rotated);
	assert.deepEqual(
		notOk(checks).map(({ id, status, place }) => [id, status, place.roundId, place.hospital]),
		[
			["round.update.bundle", "warning", "1", B],
			["round.update.evaluation", "skipped", "1", B],
			["round.update.shareDigest", "skipped", "1", B],
		],
		show(notOk(checks)),
	);
	const seats = checks.filter(({ id }) => id === "round.keySum.member");
	assert.deepEqual(
		seats.map(({ place, detail }) => [place.roundId, place.member, detail]),
		[
			["1", MEMBERS[2], "member 3 of the committee"],
			["1", MEMBERS[0], "member 1 of the committee"],
			["2", MEMBERS[2], "member 3 of the committee"],
			["2", MEMBERS[3], "member 1 of the committee"],
		],
	);
	const excluded = checks.filter(({ id }) => id === "round.excluded");
	assert.deepEqual(
		excluded.map(({ place, detail }) => [place.hospital, detail]),
		[[B, "rightly left out: 1 of 3 members hold its bundle, 2 needed"]],
	);
});

test("an exclusion that the chain does not tell, or tells of another update", async () => {
	const expected = ["round.excluded", "round.frozen.set"];
	assert.deepEqual(await findings("1", (chain) => dropEvent(chain, eventOf(chain, "UpdateExcluded"))), expected);
	assert.deepEqual(
		await findings("1", (chain) => {
			eventOf(chain, "UpdateExcluded").args.hospital = A;
		}),
		expected,
	);
});

test("an exclusion that no freeze follows", async () => {
	const chain = cloneChain(rotated);
	const excluded = eventOf(chain, "UpdateExcluded");
	excluded.place = { ...excluded.place, blockNumber: excluded.place.blockNumber - 1n, transactionHash: "0x01" };
	const [found] = notOk(await auditChain(chain));
	assert.deepEqual([found?.id, found?.detail], ["history.round", "the transaction lacks its RoundFrozen of round 1"]);
});

test("an update of the frozen set that too few members hold", async () => {
	const found = await findings("1", (chain) => {
		dropEvent(chain, eventOf(chain, "UpdateExcluded"));
		const { args } = eventOf(chain, "RoundFrozen");
		args.hospitals.splice(1, 0, B);
		args.bundleDigests.splice(1, 0, eventOf(chain, "UpdateSubmitted", 1).args.update.bundleDigest);
		args.frozenSetDigest = frozenDigestOf(chain, args);
	});
	assert.deepEqual(found, ["round.excluded", "round.frozen.set", "round.frozen.digest"]);
});

test("a freeze while checking goes on and an update is not available", async () => {
	const early = (chain: SyntheticChain, afterClosing: bigint) => {
		const frozen = eventOf(chain, "RoundFrozen");
		const { blockNumber } = frozen.place;
		const asOf = eventOf(chain, "SubmissionsClosed").place.blockNumber + afterClosing;
		retime(chain, blockNumber, asOf);
	};
	assert.deepEqual(await findings("1", (chain) => early(chain, 25n)), ["round.timing"]);
	assert.equal(eventOf(rotated, "RoundOpened").args.opening.checkingDuration, 300);
	const inTime = cloneChain(rotated);
	early(inTime, 26n);
	assert.deepEqual(
		notOk(await auditChain(inTime)).filter(({ status }) => status === "failed"),
		[],
	);
});

test("members that left a committee neither confirm nor post in the next one's rounds; share keys are those of the round", async () => {
	const confirmed = await findings("2", (chain) => {
		eventOf(chain, "AvailabilityConfirmed", 2).args.member = MEMBERS[0];
	});
	assert.equal(confirmed[0], "history.round");
	const posted = await findings("2", (chain) => {
		eventOf(chain, "KeySumPosted", 3).args.member = MEMBERS[0];
	});
	assert.equal(posted[0], "round.keySum.member");
	const key = await findings("2", (chain) => {
		const { shareKeys } = eventOf(chain, "RoundOpened", 1).args.opening;
		Object.assign(shareKeys[1] as object, eventOf(chain, "RoundOpened").args.opening.shareKeys[1]);
	});
	assert.deepEqual(key, ["round.opening.committee", "round.opening.keysDigest", "round.update.encryption.proof"]);
});
