/** A member's share of the key sum: opened for ONE frozen set a round. */
import { z } from "zod";
import { encodeKeySum } from "../core/codecs/keySum.ts";
import { decryptShares } from "../core/encryption/decryptShares.ts";
import type { FrozenSet, RoundRecord, StudyRecord } from "../core/ledger/state.ts";
import { leastUpdates } from "../protocol/developmentChain.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { Fr } from "../protocol/field.ts";
import { standardProfile } from "../protocol/profiles.ts";
import { consistentBundle } from "./challenge.ts";
import { type Member, seatOf } from "./member.ts";
import { contractCall, sendCall } from "./participant.ts";

/** @throws DecentraHealthError TASK_REFUSED */
export const requireFrozen = (round: RoundRecord): FrozenSet => {
	if (round.frozen !== undefined) return round.frozen;
	throw new DecentraHealthError("TASK_REFUSED", {
		message: `round ${round.roundId} is not frozen`,
		nextStep: "Wait until its submissions are over and somebody has frozen it.",
	});
};

const claimSchema = z.strictObject({ frozenSetDigest: z.string().regex(/^0x[0-9a-f]{64}$/) });

/**
 * A second set would let anyone subtract two sums and see a single hospital's key: the first one signed for is written down for ever. The
 * note names what the bundles' contexts name, chain id, contract and round, and not the chain's first block: a node that shows another
 * chain with the same id gets no second sum.
 */
const claimFrozenSet = async (
	{ connection, journal }: Member,
	{ roundId }: RoundRecord,
	{ frozenSetDigest }: FrozenSet,
) => {
	const { chain, deployment } = connection;
	const key = `frozen-set-${chain.id}-${deployment.roundManager.toLowerCase()}-${roundId}`;
	if (await journal.create(key, { frozenSetDigest })) return;
	const signed = await journal.readStrict(key, claimSchema);
	if (signed?.frozenSetDigest === frozenSetDigest) return;
	throw new DecentraHealthError("SECOND_FROZEN_SET", {
		message: `this member has opened set ${signed?.frozenSetDigest} of round ${roundId}; the chain now says ${frozenSetDigest}`,
		nextStep:
			"Leave the round to fail: the chain was reorganized after the member had signed, or the RPC node is not to be trusted. The next round is not affected. (A development chain that started over: use a new folder.)",
	});
};

/** The sum of too few keys tells single ones, whatever a node or a study says. */
const requireEnough = (
	{ connection }: Member,
	{ roundId, updates }: RoundRecord,
	{ parameters }: StudyRecord,
): void => {
	const least = Math.max(parameters.minUpdates, leastUpdates(connection.chain.id));
	if (updates.length >= least) return;
	throw new DecentraHealthError("TASK_REFUSED", {
		message: `round ${roundId} has ${updates.length} updates, and a sum of fewer than ${least} is not opened`,
		nextStep: "Do not sign: no contract of this project freezes such a set, so the RPC node is not to be trusted.",
	});
};

/**
 * Posts this member's key sum: the sum of the shares that the frozen set's hospitals dealt to it, and nothing else.
 * @throws DecentraHealthError TASK_REFUSED, NOT_A_MEMBER, SHARE_KEY_MISMATCH, SECOND_FROZEN_SET, BUNDLE_CHALLENGED, BLOCK_MISSING,
 *   IPFS_UNREACHABLE, JOURNAL_CORRUPT, JOURNAL_UNUSABLE, CONTRACT_REVERTED, RPC_*
 */
export const postKeySum = async (member: Member, round: RoundRecord, study: StudyRecord) => {
	const frozen = requireFrozen(round);
	const memberIndex = seatOf(member, round);
	requireEnough(member, round, study);
	let values: readonly bigint[] = Array.from({ length: standardProfile.keyElements }, () => 0n);
	// The frozen set's updates, in its order: the ledger checks that.
	for (const update of round.updates) {
		const bundle = await consistentBundle(member, round, study, update);
		const encrypted = bundle.encryptedShares[memberIndex - 1] ?? [];
		const shares = decryptShares(member.shareKey, memberIndex, bundle.ephemeralKey, encrypted, update.context);
		values = values.map((value, index) => Fr.add(value, shares[index] as bigint));
	}
	const { frozenSetDigest } = frozen;
	const keySum = { memberIndex, roundId: Number(round.roundId), frozenSetDigest, values };
	const object = encodeKeySum(keySum, standardProfile);
	// Before anybody can see the sum.
	await claimFrozenSet(member, round, frozen);
	const digest = await member.store.put(object, { signal: member.signal });
	const summary = `post the key sum of round ${round.roundId}`;
	const call = contractCall(member.connection, "roundManager", "postKeySum", [round.roundId, digest], summary);
	return sendCall(member, `key-sum-${round.roundId}`, call);
};
