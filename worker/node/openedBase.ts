/**
 * From one set of base weights a member opens one set of hospitals, ever: two sums over different sets differ by single hospitals' weights. The
 * notes are kept by the weights' commitment, whatever study, contract or chain they appear in; docs/THREATS.md.
 */
import { z } from "zod";
import type { FrozenSet, Ledger, RoundRecord } from "../core/ledger/state.ts";
import { publicKeyOf } from "../protocol/babyJubJub.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import type { Keyholder } from "./member.ts";

type Signer = Pick<Keyholder, "connection" | "journal" | "transactor" | "shareKey">;

const claimSchema = z.strictObject({
	chainId: z.int(),
	roundManager: z.string(),
	roundId: z.string(),
	frozenSetDigest: z.string().regex(/^0x[0-9a-f]{64}$/),
});
type Claim = z.infer<typeof claimSchema>;

const baseKey = ({ opening }: RoundRecord): string => `opened-base-${opening.baseCommitment.toString(16)}`;

const claimOf = ({ connection }: Signer, { roundId }: RoundRecord, { frozenSetDigest }: FrozenSet): Claim => ({
	chainId: connection.chain.id,
	roundManager: connection.deployment.roundManager.toLowerCase(),
	roundId: String(roundId),
	frozenSetDigest,
});

const isSame = (one: Claim, other: Claim): boolean => JSON.stringify(one) === JSON.stringify(other);

const secondSet = (round: RoundRecord, earlier: string): DecentraHealthError =>
	new DecentraHealthError("SECOND_FROZEN_SET", {
		message: `round ${round.roundId} asks for a sum over the base weights of ${earlier}: a second set over them would give single hospitals away`,
		nextStep:
			"Do not sign. The chain was reorganized after this member had signed, or the RPC node or the coordinator is not to be trusted. (A development chain that started over: use a new folder.)",
	});

/**
 * @param ledger as deep in the chain as this member waits for
 * @throws DecentraHealthError SECOND_FROZEN_SET, JOURNAL_CORRUPT, JOURNAL_UNUSABLE
 */
export const requireUnopenedBase = async (
	member: Signer,
	ledger: Ledger,
	round: RoundRecord,
	frozen: FrozenSet,
): Promise<void> => {
	const signed = await member.journal.readStrict(baseKey(round), claimSchema);
	if (signed !== undefined && !isSame(signed, claimOf(member, round, frozen))) {
		const { frozenSetDigest, roundId, roundManager, chainId } = signed;
		throw secondSet(
			round,
			`set ${frozenSetDigest}, which this member opened in round ${roundId} of ${roundManager} on chain ${chainId}`,
		);
	}
	// Whether or not this member signed for it.
	const other = [...ledger.rounds.values()].find(
		({ roundId, opening, frozen: theirs }) =>
			roundId !== round.roundId && theirs !== undefined && opening.baseCommitment === round.opening.baseCommitment,
	);
	if (other !== undefined) throw secondSet(round, `round ${other.roundId}, whose set was frozen before`);
};

/** Writes down, for ever, that this set is the base weights' one. Before anybody can see the sum. @throws as {@link requireUnopenedBase} */
export const claimBase = async (
	member: Signer,
	ledger: Ledger,
	round: RoundRecord,
	frozen: FrozenSet,
): Promise<void> => {
	if (await member.journal.create(baseKey(round), claimOf(member, round, frozen))) return;
	await requireUnopenedBase(member, ledger, round, frozen);
};

const seatNoteKey = ({ connection }: Signer, { roundId }: RoundRecord): string => `seat-${connection.scope}-${roundId}`;
const seatNoteSchema = z.strictObject({ confirmed: z.literal(true) });

/** Written before the first confirmation of a round, so that the chain can tell how old the notes are. */
export const noteSeat = (member: Signer, round: RoundRecord): Promise<void> =>
	member.journal.write(seatNoteKey(member, round), { confirmed: true });

/**
 * The notes know of everything that the chain shows of this share key: otherwise they are older (a restored backup, another folder), and may
 * lack a set that was signed for on a branch which the chain does not show any more.
 * @throws DecentraHealthError JOURNAL_OUTDATED, JOURNAL_CORRUPT, JOURNAL_UNUSABLE
 */
export const requireCurrentJournal = async (member: Signer, ledger: Ledger): Promise<void> => {
	const { address } = member.transactor;
	const own = publicKeyOf(member.shareKey);
	for (const round of ledger.rounds.values()) {
		const { roundId, opening, updates, keySums } = round;
		const key = opening.shareKeys[opening.committee.indexOf(address)];
		if (key?.x !== own.x || key.y !== own.y) continue;
		const outdated = (act: string): DecentraHealthError =>
			new DecentraHealthError("JOURNAL_OUTDATED", {
				message: `the chain shows that this member ${act} in round ${roundId}, of which its notes know nothing: they were restored from a backup, or are another folder's`,
				nextStep:
					"Use the folder with the latest notes. If they are lost, leave this round to the others and make a new share key in a new folder (npm run worker -- keystore create, then committee join): it counts from the next round on.",
			});
		if (keySums.some((keySum) => keySum.member === address)) {
			const claim = await member.journal.readStrict(baseKey(round), claimSchema);
			if (claim?.roundId !== String(roundId)) throw outdated("posted a key sum");
		}
		if (updates.some(({ confirmedBy }) => confirmedBy.includes(address))) {
			const note = await member.journal.readStrict(seatNoteKey(member, round), seatNoteSchema);
			if (note === undefined) throw outdated("confirmed bundles");
		}
	}
};
