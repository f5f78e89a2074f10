/** Rounds that went wrong in ways the protocol provides for: the audit is clean, says so, and still finds what does not fit. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { replay } from "../../../worker/core/audit/replay/replay.ts";
import type { Check, CheckId, CheckPlace } from "../../../worker/core/audit/report.ts";
import { summarize } from "../../../worker/core/audit/report.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { FAILURE_REASONS } from "../../../worker/core/ledger/state.ts";
import { CLOSING_DELAY } from "../../../worker/protocol/durations.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { headerOf, type SyntheticChain } from "../../support/audit/ledgerWriter.ts";
import { auditChain, cloneChain, dropEvent, eventOf, notOk } from "../../support/audit/runAudit.ts";
import { HOSPITALS, MEMBERS, syntheticConsortium } from "../../support/audit/syntheticConsortium.ts";
import { LATER, syntheticRounds } from "../../support/audit/syntheticRounds.ts";
import { flip, show } from "../../support/audit/tampering.ts";
import { troubledChain } from "../../support/audit/troubledChain.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";

const [A, B, C] = HOSPITALS;
let chain: SyntheticChain;
before(() => {
	chain = troubledChain();
});

const findings = async (change: (chain: SyntheticChain) => void): Promise<readonly Check[]> => {
	const changed = cloneChain(chain);
	change(changed);
	return notOk(await auditChain(changed));
};

/** What is not ok in any case: the false attestation of round 1. */
const beyondKnown = (checks: readonly Check[]) =>
	checks.filter(({ id, place }) => !(place.roundId === "1" && id === "round.attestation"));

const named = ({ status, id, code, place: { roundId, hospital, member } }: Check) => ({
	status,
	id,
	...(code === undefined ? {} : { code }),
	...(roundId === undefined ? {} : { roundId }),
	...(hospital === undefined ? {} : { hospital }),
	...(member === undefined ? {} : { member }),
});
type Named = { status: Check["status"]; id: CheckId; code?: string } & Pick<
	CheckPlace,
	"roundId" | "hospital" | "member"
>;

const assertFound = async (change: (chain: SyntheticChain) => void, expected: readonly Named[]): Promise<void> => {
	const found = beyondKnown(await findings(change));
	assert.deepEqual(found.map(named), expected, show(found));
};

test("clean with one warning: who attested to a false model", async () => {
	const checks = await auditChain(chain);
	assert.deepEqual(notOk(checks).map(named), [
		{ status: "warning", id: "round.attestation", code: "AUDIT_MISMATCH", roundId: "1", member: MEMBERS[1] },
	]);
	const { clean, counts, firstFailure } = summarize(checks);
	assert.equal(clean, true);
	assert.equal(firstFailure, undefined);
	assert.equal(counts.warning, 1);
	const details = (id: CheckId) => checks.filter((check) => check.id === id).map(({ detail }) => detail);
	assert.deepEqual(
		details("round.failed").map((detail) => detail.split(":")[0]),
		["NotEnoughUpdates", "Cancelled", "NotEnoughAvailable", "StudyClosed"],
	);
	assert.match(details("round.challenge")[0] ?? "", /rightly removed: the ciphertext at gamma/);
	assert.match(
		details("round.failed")[2] ?? "",
		/: 2 of 3 updates were held by 2 members, 3 needed; the model is unch/,
	);
	// Every proof of every update, removed ones and failed rounds' too: A has 2 segments, B and C one.
	assert.equal(details("round.update.segment.proof").length, 5 * 4 + 3);
	assert.equal(details("round.update.encryption.proof").length, 5 * 3 + 2);
	// Three key sums in round 1, two in round 5, one in round 6; two proofs each.
	assert.equal(details("round.keySum.proof").length, 2 * (3 + 2 + 1));
	// Of round 6, the key sum that was posted is read.
	assert.equal(details("round.aggregate").length, 2);
	assert.deepEqual(details("round.finalized"), [
		"2 members attested to model 2",
		"1 members and 2 hospitals attested to model 3",
	]);
	assert.equal(details("round.frozen.base").length, 3);
});

test("the replayed state is the one that the workers fold from the same events", () => {
	const history = replay(chain.events, chain.deployment);
	const ledger = foldEvents(chain.events);
	assert.deepEqual(history.violations, []);
	assert.deepEqual(history.studies, ledger.studies);
	assert.deepEqual(history.models, [...ledger.models.values()]);
	assert.deepEqual([...history.rounds.keys()], [...ledger.rounds.keys()]);
	for (const [roundId, replayed] of history.rounds) {
		const folded = ledger.rounds.get(roundId);
		assert.ok(folded !== undefined);
		const { phase, opening, baseModelId, keySums, attestations, frozen } = replayed;
		assert.deepEqual(
			{ phase, opening, baseModelId, keySums, attestations, frozen },
			{
				phase: folded.phase,
				opening: folded.opening,
				baseModelId: folded.baseModelId,
				keySums: folded.keySums,
				attestations: folded.attestations,
				frozen: folded.frozen,
			},
		);
		assert.deepEqual(
			replayed.accepted.map(({ admitted, dataset, ...update }) => update),
			folded.updates,
		);
		assert.equal(replayed.failed === undefined ? undefined : FAILURE_REASONS[replayed.failed.reason], folded.failure);
	}
});

test("a challenge of a consistent update is named", async () => {
	const challenged = { status: "failed", id: "round.challenge", code: "AUDIT_MISMATCH" } as const;
	await assertFound(
		(changed) => {
			const [removed, removal] = [eventOf(changed, "HospitalRemoved"), eventOf(changed, "UpdateRemoved")];
			const barred = eventOf(changed, "HospitalBarred");
			for (const event of [removed, removal, barred]) event.args.hospital = C;
			Object.assign(removal.args, { sampleCount: eventOf(changed, "UpdateSubmitted", 4).args.update.sampleCount });
			const lifted = eventOf(changed, "HospitalBarLifted");
			const admitted = eventOf(changed, "HospitalAdmitted", 3);
			const committed = eventOf(changed, "DatasetCommitted", 3);
			for (const event of [lifted, admitted]) event.args.hospital = C;
			const { root, sampleCount, batchCount } = eventOf(changed, "DatasetCommitted", 2).args;
			Object.assign(committed.args, { hospital: C, root, sampleCount, batchCount });
		},
		[
			// B's update counts now, though its ciphertext is not the proven one; the round failed, so it did no harm.
			{ status: "warning", id: "round.update.evaluation", code: "AUDIT_MISMATCH", roundId: "2", hospital: B },
			{ status: "skipped", id: "round.update.shareDigest", roundId: "2", hospital: B },
			{ ...challenged, roundId: "2", hospital: C },
		],
	);
});

test("a removed bundle that is gone leaves the contract's judgement as it is: a warning", async () => {
	await assertFound(
		(changed) => changed.blocks.delete(eventOf(changed, "UpdateSubmitted", 5).args.update.bundleDigest),
		[{ status: "warning", id: "round.challenge", code: "BLOCK_MISSING", roundId: "2", hospital: B }],
	);
});

test("a bar without a challenge, a challenge without a bar, and a bar on another hospital are named", async () => {
	const broken = { status: "failed", code: "LEDGER_INCONSISTENT" } as const;
	await assertFound(
		(changed) => dropEvent(changed, eventOf(changed, "UpdateRemoved")),
		[
			{ ...broken, id: "history.registry" },
			// With the update still counted there were enough.
			{ status: "warning", id: "round.update.evaluation", code: "AUDIT_MISMATCH", roundId: "2", hospital: B },
			{ status: "skipped", id: "round.update.shareDigest", roundId: "2", hospital: B },
			{ status: "failed", id: "round.failed", code: "AUDIT_MISMATCH", roundId: "2" },
		],
	);
	const missing = beyondKnown(await findings((changed) => dropEvent(changed, eventOf(changed, "HospitalBarred"))));
	assert.deepEqual(
		missing.map(({ id }) => id),
		["history.registry", "history.registry"],
	);
	const other = beyondKnown(
		await findings((changed) => {
			eventOf(changed, "HospitalBarred").args.hospital = A;
		}),
	);
	assert.ok(other.some(({ detail }) => detail.includes("but") && detail.includes(B)));
});

test("every false reason of a failure is named", async () => {
	for (const nth of [0, 1, 2, 3]) {
		for (const reason of [0, 1, 2, 3, 4, 5]) {
			const original = eventOf(chain, "RoundFailed", nth).args.reason;
			// What ended before its freeze may have been cancelled: the coordinator has to give no reason.
			if (reason === original || (nth < 3 && FAILURE_REASONS[reason] === "Cancelled")) continue;
			const wrong = beyondKnown(
				await findings((changed) => {
					eventOf(changed, "RoundFailed", nth).args.reason = reason;
				}),
			);
			// A reason of the other kind is against the rules of the phases already.
			const ofRules = nth === 3 || FAILURE_REASONS[reason] === "StudyClosed";
			// Round 3 had too few updates, but was cancelled before their deadline.
			const isEarly = nth === 1 && FAILURE_REASONS[reason] === "NotEnoughUpdates";
			const expected = ofRules ? ["history.round"] : [isEarly ? "round.timing" : "round.failed"];
			const failed = wrong.filter(({ status }) => status === "failed").map(({ id }) => id);
			assert.ok(
				expected.every((id) => failed.includes(id as CheckId)),
				`${nth} ${reason}: ${show(wrong)}`,
			);
		}
	}
});

test("a round that fails though enough members hold enough bundles is named", async () => {
	await assertFound(
		(changed) => {
			const confirmed = changed.events.findLast(
				({ name, args }) => name === "AvailabilityConfirmed" && args.roundId === 4n,
			);
			assert.ok(confirmed?.name === "AvailabilityConfirmed");
			(confirmed.args.hospitals as string[]).push(C);
		},
		[{ status: "failed", id: "round.failed", code: "AUDIT_MISMATCH", roundId: "4" }],
	);
});

test("a failure before its deadline is named", async () => {
	const failedAt = (nth: number, before: bigint) => (changed: SyntheticChain) => {
		const { blockNumber } = eventOf(changed, "RoundFailed", nth).place;
		const { timestamp } = headerOf(blockNumber - before);
		changed.headers.set(blockNumber, { ...headerOf(blockNumber), timestamp });
	};
	const early = { status: "failed", id: "round.timing", code: "AUDIT_MISMATCH" } as const;
	// While checking goes on, other members may still confirm: two blocks of confirmations, then 300 s to the end.
	await assertFound(failedAt(2, LATER - 22n), [{ ...early, roundId: "4" }]);
	await assertFound(failedAt(2, LATER - 23n), []);
	await assertFound(failedAt(3, CLOSING_DELAY), [{ ...early, roundId: "6" }]);
});

test("an inconsistent bundle that nobody has challenged is named while the round goes on", async () => {
	const consortium = syntheticConsortium("unchallenged");
	consortium.link();
	consortium.createStudy();
	consortium.enroll();
	const { openRound, submit, hold, freeze } = syntheticRounds(consortium);
	const round = openRound();
	submit(round, A, (bytes) => flip(bytes, bytes.length - 1));
	submit(round, B, (bytes) => flip(bytes, 3));
	submit(round, C, (bytes) => flip(bytes, 39));
	// Members that confirm what they did not check.
	hold(round);
	freeze(round);
	const found = notOk(await auditChain(consortium.chain));
	assert.deepEqual(
		found.map(({ id, status, code, place }) => [id, status, code, place.hospital]),
		[
			["round.update.evaluation", "failed", "AUDIT_MISMATCH", A],
			["round.update.shareDigest", "skipped", undefined, A],
			["round.update.bundle", "failed", "BUNDLE_MALFORMED", B],
			["round.update.evaluation", "skipped", undefined, B],
			["round.update.shareDigest", "skipped", undefined, B],
			["round.update.bundle", "failed", "BUNDLE_FOREIGN", C],
			["round.update.evaluation", "skipped", undefined, C],
			["round.update.shareDigest", "skipped", undefined, C],
		],
		show(found),
	);
});

test("hospitals that attest in the members' time, twice, or without an update are named", async () => {
	const attested = (change: (event: ReturnType<typeof eventOf<"ModelAttestedByHospital">>) => void, nth = 0) =>
		findings((changed) => change(eventOf(changed, "ModelAttestedByHospital", nth)));
	const failedIds = async (found: Promise<readonly Check[]>) =>
		beyondKnown(await found)
			.filter(({ status }) => status === "failed")
			.map(({ id }) => id);
	const twice = await failedIds(
		attested(({ args }) => {
			args.hospital = A;
		}, 1),
	);
	assert.ok(twice.includes("history.round"), twice.join());
	const stranger = await failedIds(
		attested(({ args }) => {
			args.hospital = MEMBERS[0];
		}),
	);
	assert.ok(stranger.includes("history.round"), stranger.join());
	const early = await failedIds(
		findings((changed) => {
			const { blockNumber } = eventOf(changed, "ModelAttestedByHospital").place;
			const { timestamp } = headerOf(blockNumber - LATER);
			changed.headers.set(blockNumber, { ...headerOf(blockNumber), timestamp });
		}),
	);
	assert.deepEqual(early, ["round.timing"]);
});

test("too few hospitals finalize nothing", async () => {
	const found = beyondKnown(
		await findings((changed) => dropEvent(changed, eventOf(changed, "ModelAttestedByHospital"))),
	);
	const failed = found.filter(({ status }) => status === "failed").map(({ id }) => id);
	assert.ok(failed.includes("history.round") && failed.includes("round.finalized"), failed.join());
});

test("a second set over the same base weights is named, in whichever study and round", async () => {
	const found = beyondKnown(
		await findings((changed) => {
			eventOf(changed, "RoundOpened", 4).args.opening.baseCommitment = eventOf(
				changed,
				"RoundOpened",
				0,
			).args.opening.baseCommitment;
		}),
	);
	const named = found.filter(({ id }) => id === "round.frozen.base").map(({ place }) => place.roundId);
	assert.deepEqual(named, ["1", "5"]);
});

test("a study that was closed is over: no round of it follows", async () => {
	const consortium = syntheticConsortium("closed");
	consortium.link();
	consortium.createStudy();
	consortium.enroll();
	const { openRound, submit, hold, freeze, closeStudy } = syntheticRounds(consortium);
	const round = openRound();
	for (const hospital of HOSPITALS) submit(round, hospital);
	hold(round);
	freeze(round);
	assert.deepEqual(
		(await auditChain(consortium.chain)).filter(({ id }) => id === "round.phase").map(({ detail }) => detail),
		["still Frozen: 3 updates, 0 key sums, 0 attestations"],
	);
	closeStudy(round);
	assert.deepEqual(notOk(await auditChain(consortium.chain)), []);
	openRound();
	const found = notOk(await auditChain(consortium.chain));
	assert.deepEqual(
		found.map(({ id, place }) => [id, place.roundId]),
		[["history.round", "2"]],
		show(found),
	);
});

test("limited to one study; nothing to audit is no clean audit", async () => {
	assert.deepEqual(await auditChain(chain, {}, { studyId: 1n }), await auditChain(chain));
	await rejectsWithCode(auditChain(chain, {}, { studyId: 2n }), "STUDY_MISSING");
	const empty = { events: [], counts: { studies: 0n, models: 0n, rounds: 0n } };
	await rejectsWithCode(auditChain(chain, empty), "STUDY_MISSING");
});

test("an unreachable IPFS or chain ends the audit: nothing was found out", async () => {
	for (const code of ["IPFS_UNREACHABLE", "IPFS_REFUSED", "IPFS_TIMEOUT", "RPC_UNREACHABLE", "ABORTED"] as const) {
		const fails = async () => {
			throw new DecentraHealthError(code, { message: "down", nextStep: "Wait." });
		};
		const port = code === "RPC_UNREACHABLE" ? { getHeader: fails } : { getBlock: fails };
		await rejectsWithCode(auditChain(chain, port), code);
	}
	const broken = async () => {
		throw new TypeError("a bug");
	};
	await assert.rejects(auditChain(chain, { verifyProof: broken }), TypeError);
});
