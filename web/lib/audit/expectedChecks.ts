/** How many checks an audit makes when none fails: what its progress is measured against. */
import type { History } from "../../../worker/core/audit/replay/replay.ts";
import type { RoundHistory } from "../../../worker/core/audit/replay/state.ts";

type Histories = Pick<History, "studies" | "models" | "rounds">;

/** history.*: complete, and the four rules of order, registry, study and round. */
const HISTORY = 5;
/** study.*: definition, parameters and three keys. */
const STUDY = 5;
/** model.*: lineage, object, commitment; of a study's first one also initial. */
const MODEL = 3;
const INITIAL_MODEL = 1;
/** round.opening.*: base, committee, keys, keysDigest, hospitals, beacon; and round.timing. */
const OPENING = 7;
/** round.update.*: hospital, dataset, context, segments, commitment, encryption.proof. */
const UPDATE = 6;
/** round.update.*: bundle, evaluation, shareDigest; not of a challenged update. */
const BUNDLE = 3;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const ofRound = (round: RoundHistory): number => {
	const { submissions, challenges, frozen, unavailable, keySums, completed, finalized, failed } = round;
	const { attestations, hospitalAttestations } = round;
	const challenged = new Set(challenges.map(({ hospital }) => hospital));
	const updates = sum(
		submissions.map(({ segments, hospital }) => UPDATE + segments.length + (challenged.has(hospital) ? 0 : BUNDLE)),
	);
	const afterFreeze =
		frozen === undefined
			? 0
			: unavailable.length +
				// frozen.set, frozen.digest, frozen.base
				3 +
				// member, statement
				sum(keySums.map(({ proofs }) => 2 + proofs.length)) +
				// agreement, aggregate, step
				(completed === undefined ? 0 : 3) +
				attestations.length +
				hospitalAttestations.length +
				// result, finalized
				(finalized === undefined ? 0 : 2);
	// round.limits; at the end round.failed or round.phase.
	return (
		OPENING + updates + challenges.length + 1 + afterFreeze + (failed !== undefined || finalized === undefined ? 1 : 0)
	);
};

export const expectedChecks = ({ studies, models, rounds }: Histories, studyId?: bigint): number => {
	const isAudited = (of: { readonly studyId: bigint }): boolean => studyId === undefined || of.studyId === studyId;
	return (
		HISTORY +
		(STUDY + INITIAL_MODEL) * [...studies.values()].filter(isAudited).length +
		MODEL * models.filter(isAudited).length +
		sum([...rounds.values()].filter(isAudited).map(ofRound))
	);
};
