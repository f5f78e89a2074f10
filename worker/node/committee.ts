/** A committee member's worker: opens its share of the key sum for ONE frozen set a round, and attests to the model that it recomputed. */
import { bytesToHex } from "viem";
import { z } from "zod";
import { createCkks } from "../adapters/ckks.ts";
import { type Aggregation, aggregateRound } from "../core/aggregation/aggregateRound.ts";
import { decodeKeySum, encodeKeySum, type KeySum } from "../core/codecs/keySum.ts";
import { encodeModel } from "../core/codecs/model.ts";
import { decryptShares } from "../core/encryption/decryptShares.ts";
import {
	activeRound,
	type FrozenSet,
	type RoundRecord,
	type StudyRecord,
	type UpdateRecord,
} from "../core/ledger/state.ts";
import { type MemberAction, nextMemberAction } from "../core/nextAction.ts";
import { cofactorWitness, publicKeyOf } from "../protocol/babyJubJub.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import { Fr } from "../protocol/field.ts";
import { commitWeights } from "../protocol/packing.ts";
import { standardProfile } from "../protocol/profiles.ts";
import { fetchBundle } from "./bundles.ts";
import { carryOut } from "./housekeeping.ts";
import { contractCall, type Participant, readLedger, requireStudy, sendCall, timed } from "./participant.ts";

export type Member = Participant & {
	/** BabyJubJub secret key in [1, l), from the keystore. */
	readonly shareKey: bigint;
	/** Blocks on top of a freeze before this member signs for it. */
	readonly confirmations: number;
	/** Bundles that this process has found consistent; a restarted one checks again. */
	readonly checkedBundles: Set<string>;
};

/** Registers the share key, with the point that shows it lies in the prime-order subgroup. */
export const registerShareKey = (member: Member) => {
	const key = publicKeyOf(member.shareKey);
	const witness = cofactorWitness(member.shareKey);
	const args = [key.x, key.y, witness.x, witness.y];
	const call = contractCall(member.connection, "hospitalRegistry", "registerShareKey", args, "register the share key");
	return sendCall(member, `share-key-${key.x.toString(16).slice(0, 16)}`, call);
};

const requireFrozen = (round: RoundRecord): FrozenSet => {
	if (round.frozen !== undefined) return round.frozen;
	throw new DecentraHealthError("TASK_REFUSED", {
		message: `round ${round.roundId} is not frozen`,
		nextStep: "Wait until its submissions are over and somebody has frozen it.",
	});
};

const seatOf = (member: Member, round: RoundRecord): number => {
	const index = round.opening.committee.indexOf(member.transactor.address) + 1;
	const seatKey = round.opening.shareKeys[index - 1];
	if (seatKey === undefined) {
		throw new DecentraHealthError("NOT_A_MEMBER", {
			message: `${member.transactor.address} is not on the committee of round ${round.roundId}`,
			nextStep: "Use a committee member's wallet, or join a later round.",
		});
	}
	const own = publicKeyOf(member.shareKey);
	if (seatKey.x !== own.x || seatKey.y !== own.y) {
		throw new DecentraHealthError("SHARE_KEY_MISMATCH", {
			message: `the keystore's share key is not the one that round ${round.roundId} was opened with`,
			nextStep: "Use the keystore with which this member joined; a new key counts from the next round on.",
		});
	}
	return index;
};

/** A second set would let anyone subtract two sums and see a single hospital's key: the first one signed for is written down for ever. */
const claimFrozenSet = async (member: Member, round: RoundRecord, { frozenSetDigest }: FrozenSet): Promise<void> => {
	const { chain, deployment } = member.connection;
	const key = `frozen-set-${chain.id}-${deployment.roundManager.toLowerCase()}-${round.roundId}`;
	const signed = await member.journal.readStrict(key, z.strictObject({ frozenSetDigest: z.string() }));
	if (signed === undefined) {
		await member.journal.write(key, { frozenSetDigest });
	} else if (signed.frozenSetDigest !== frozenSetDigest) {
		throw new DecentraHealthError("SECOND_FROZEN_SET", {
			message: `this member has opened set ${signed.frozenSetDigest} of round ${round.roundId}; the chain now says ${frozenSetDigest}`,
			nextStep:
				"Leave the round to fail: the chain was reorganized after the member had signed. The next round is not affected.",
		});
	}
};

/** Proves to the contract that an update's bundle is not what its proof says. */
const challenge = (member: Member, round: RoundRecord, update: UpdateRecord, bytes: Uint8Array) => {
	const { gamma, y, y2 } = update.encryption;
	const args = [round.roundId, update.hospital, bytesToHex(bytes), gamma, y, y2];
	const summary = `challenge the update of ${update.hospital} in round ${round.roundId}`;
	const call = contractCall(member.connection, "roundManager", "challengeUpdate", args, summary);
	return sendCall(member, `challenge-${round.roundId}-${update.hospital.toLowerCase()}`, call);
};

const consistentBundle = async (member: Member, round: RoundRecord, study: StudyRecord, update: UpdateRecord) => {
	const checked = await fetchBundle(member, round, update, study.parameters.threshold);
	if (checked.status === "consistent") return checked.bundle;
	await challenge(member, round, update, checked.bytes);
	throw new DecentraHealthError("BUNDLE_CHALLENGED", {
		message: `the update of ${update.hospital} in round ${round.roundId} was challenged: ${checked.problem}`,
		nextStep: "Nothing to do: the contract decides, and the hospital is barred.",
	});
};

/**
 * Checks the bundles of an open round as they come: once the set is frozen, a bundle that does not match its proof fails the round.
 * A bundle that can't be had yet is tried again later.
 * @returns the number of updates that were challenged
 */
export const watchUpdates = async (member: Member, round: RoundRecord, study: StudyRecord): Promise<number> => {
	let challenged = 0;
	for (const update of round.updates) {
		if (member.checkedBundles.has(update.bundleDigest)) continue;
		try {
			const checked = await fetchBundle(member, round, update, study.parameters.threshold);
			if (checked.status === "inconsistent") {
				await challenge(member, round, update, checked.bytes);
				challenged++;
			}
			member.checkedBundles.add(update.bundleDigest);
		} catch (error) {
			if (!isDecentraHealthError(error) || error.code === "ABORTED") throw error;
			if (error.code === "CONTRACT_REVERTED") member.checkedBundles.add(update.bundleDigest);
		}
	}
	return challenged;
};

/** Posts this member's key sum: the sum of the shares that the frozen set's hospitals dealt to it, and nothing else. */
export const postKeySum = async (member: Member, round: RoundRecord, study: StudyRecord) => {
	const frozen = requireFrozen(round);
	const memberIndex = seatOf(member, round);
	await claimFrozenSet(member, round, frozen);
	let values: readonly bigint[] = Array.from({ length: standardProfile.keyElements }, () => 0n);
	for (const update of round.updates) {
		const bundle = await consistentBundle(member, round, study, update);
		const encrypted = bundle.encryptedShares[memberIndex - 1] ?? [];
		const shares = decryptShares(member.shareKey, memberIndex, bundle.ephemeralKey, encrypted, update.context);
		values = values.map((value, index) => Fr.add(value, shares[index] as bigint));
	}
	const { frozenSetDigest } = frozen;
	const object = encodeKeySum(
		{ memberIndex, roundId: Number(round.roundId), frozenSetDigest, values },
		standardProfile,
	);
	const digest = await member.store.put(object, { signal: member.signal });
	const summary = `post the key sum of round ${round.roundId}`;
	const call = contractCall(member.connection, "roundManager", "postKeySum", [round.roundId, digest], summary);
	return sendCall(member, `key-sum-${round.roundId}`, call);
};

/** The key sums that can be had and read; one that can't is its member's loss, as long as enough are left. */
const fetchKeySums = async (participant: Participant, round: RoundRecord): Promise<readonly KeySum[]> => {
	const { frozenSetDigest } = requireFrozen(round);
	const roundId = Number(round.roundId);
	const found = await Promise.all(
		round.keySums.map(async ({ index: memberIndex, keySumDigest }) => {
			try {
				const bytes = await participant.store.get(keySumDigest, { signal: participant.signal });
				return decodeKeySum(bytes, standardProfile, { memberIndex, roundId, frozenSetDigest });
			} catch (error) {
				if (isDecentraHealthError(error) && error.code !== "ABORTED") return undefined;
				throw error;
			}
		}),
	);
	return found.filter((keySum) => keySum !== undefined);
};

/** The new global model, recomputed from the chain and IPFS; SEAL adds and decrypts. */
export const recomputeModel = async (
	participant: Participant,
	round: RoundRecord,
	study: StudyRecord,
): Promise<Aggregation> => {
	const { threshold, weightCount, members: memberCount } = study.parameters;
	const bundles = await Promise.all(
		round.updates.map(async (update) => {
			const checked = await fetchBundle(participant, round, update, threshold);
			if (checked.status === "consistent")
				return { sampleCount: update.sampleCount, ciphertext: checked.bundle.ciphertext };
			throw new DecentraHealthError("BUNDLE_MALFORMED", {
				message: `the update of ${update.hospital} in round ${round.roundId}: ${checked.problem}`,
				nextStep: "Challenge the update; the round can't finish with it.",
			});
		}),
	);
	const keySums = await fetchKeySums(participant, round);
	const ckks = await createCkks(standardProfile);
	try {
		const decrypt = ckks.sumAndDecrypt;
		return aggregateRound({
			profile: standardProfile,
			weightCount,
			updates: bundles,
			keySums,
			threshold,
			memberCount,
			decrypt,
		});
	} finally {
		ckks.close();
	}
};

/** Recomputes the new global model, publishes it and attests to it. */
export const attestModel = async (member: Member, round: RoundRecord, study: StudyRecord) => {
	seatOf(member, round);
	const { weights } = await timed(member.progress, `recompute the model of round ${round.roundId}`, () =>
		recomputeModel(member, round, study),
	);
	const digest = await member.store.put(encodeModel(weights), { signal: member.signal });
	const args = [round.roundId, commitWeights(weights, 0n), digest];
	const summary = `attest to the model of round ${round.roundId}`;
	return sendCall(
		member,
		`attest-${round.roundId}`,
		contractCall(member.connection, "roundManager", "attest", args, summary),
	);
};

/** Looks at the chain and does what is due: one action, or none. */
export const memberStep = async (member: Member, studyId: bigint): Promise<MemberAction> => {
	const { ledger, now } = await readLedger(member.connection, member.confirmations);
	const shareKey = publicKeyOf(member.shareKey);
	const action = nextMemberAction(ledger, { studyId, member: member.transactor.address, shareKey, now });
	const round = activeRound(ledger, studyId);
	if (round?.phase === "Open") await watchUpdates(member, round, requireStudy(ledger, studyId));
	switch (action.kind) {
		case "registerShareKey":
			await registerShareKey(member);
			break;
		case "postKeySum":
			await postKeySum(member, action.round, requireStudy(ledger, studyId));
			break;
		case "attest":
			await attestModel(member, action.round, requireStudy(ledger, studyId));
			break;
		case "freeze":
		case "fail":
			await carryOut(member, action);
			break;
		case "wait":
			break;
		default:
			action satisfies never;
	}
	return action;
};
