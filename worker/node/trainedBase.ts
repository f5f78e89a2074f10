/**
 * From one set of base weights a hospital gives one update, ever, unless the round it gave it to ended before its set was frozen: nothing of that
 * round is ever opened. The notes are kept by the weights' commitment, whatever study, contract or chain they appear in; docs/THREATS.md.
 */
import { z } from "zod";
import type { Ledger, RoundRecord } from "../core/ledger/state.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import type { Participant } from "./participant.ts";

/** The operator's decision, in words, to give another update from these base weights. */
export type AcceptedRepeat = { readonly baseCommitment: bigint; readonly reason: string };

type Giver = Pick<Participant, "connection" | "journal" | "transactor"> & {
	readonly acceptedRepeats?: readonly AcceptedRepeat[] | undefined;
};

const givenSchema = z.strictObject({ chainId: z.int(), roundManager: z.string(), roundId: z.string() });
type Given = z.infer<typeof givenSchema>;

const baseKey = ({ opening }: RoundRecord): string => `trained-base-${opening.baseCommitment.toString(16)}`;

const givenTo = ({ connection }: Giver, { roundId }: Pick<RoundRecord, "roundId">): Given => ({
	chainId: connection.chain.id,
	roundManager: connection.deployment.roundManager.toLowerCase(),
	roundId: String(roundId),
});

const isSame = (one: Given, other: Given): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Rounds over the same base weights that the chain shows this hospital in. */
const shownBy = (hospital: Giver, ledger: Ledger, { opening }: RoundRecord): readonly Given[] => {
	const { address } = hospital.transactor;
	return [...ledger.rounds.values()]
		.filter(({ opening: other }) => other.baseCommitment === opening.baseCommitment)
		.filter(
			({ updates, removed, excluded }) =>
				updates.some(({ hospital: giver }) => giver === address) ||
				removed.includes(address) ||
				excluded.includes(address),
		)
		.map((round) => givenTo(hospital, round));
};

/**
 * Writes down that the round gets this hospital's update from its base weights; before the update is encrypted.
 * @param ledger as deep in the chain as this hospital waits for, and as its second nodes show it
 * @throws DecentraHealthError BASE_REPEATED, JOURNAL_CORRUPT, JOURNAL_UNUSABLE
 */
export const claimTrainedBase = async (hospital: Giver, ledger: Ledger, round: RoundRecord): Promise<void> => {
	const { journal, acceptedRepeats = [] } = hospital;
	const { baseCommitment } = round.opening;
	const noted = (await journal.readStrict(baseKey(round), z.array(givenSchema))) ?? [];
	const present = givenTo(hospital, round);
	const endedUnfrozen = ({ roundId, chainId, roundManager }: Given): boolean => {
		if (chainId !== present.chainId || roundManager !== present.roundManager) return false;
		const ended = ledger.rounds.get(BigInt(roundId));
		return ended?.phase === "Failed" && ended.frozen === undefined;
	};
	const earlier = [...noted, ...shownBy(hospital, ledger, round)].find(
		(given) => !isSame(given, present) && !endedUnfrozen(given),
	);
	if (earlier !== undefined && !acceptedRepeats.some((accepted) => accepted.baseCommitment === baseCommitment)) {
		const { roundId, roundManager, chainId } = earlier;
		throw new DecentraHealthError("BASE_REPEATED", {
			message: `this hospital gave an update from the base weights of round ${round.roundId} to round ${roundId} of ${roundManager} on chain ${chainId}, which was not seen to end before its set was frozen: two sums over the same base weights can give one hospital's weights away`,
			nextStep: `Do not take part before you know why the coordinator repeats it. To take part all the same, say so in the worker's configuration: "acceptedRepeats": [{ "baseCommitment": "${baseCommitment}", "reason": "..." }] (round submit --accept-repeat REASON).`,
		});
	}
	if (!noted.some((given) => isSame(given, present))) await journal.write(baseKey(round), [...noted, present]);
};
