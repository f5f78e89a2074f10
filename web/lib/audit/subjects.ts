/** What a group of checks is about, and where a single check belongs, in words. */
import type { Address } from "viem";
import type { CheckPlace } from "../../../worker/core/audit/report.ts";
import type { NameOf } from "../words/names.ts";
import type { GroupSubject } from "./groups.ts";

export const subjectTitle = (subject: GroupSubject, nameOf: NameOf): string => {
	switch (subject.kind) {
		case "history":
			return "Chain history";
		case "study":
			return `Study ${subject.studyId}`;
		case "model":
			return `Model ${subject.modelId}`;
		case "round":
			return `Round ${subject.roundId}`;
		case "update":
			return `Update of ${nameOf(subject.hospital as Address)}`;
		case "member":
			return `Committee member ${nameOf(subject.member as Address)}`;
	}
};

/** Which of several, within its group: people count from 1. */
export const partWords = ({ segment, keySumProof }: CheckPlace): string | undefined => {
	if (segment !== undefined) return `segment ${segment + 1}`;
	return keySumProof === undefined ? undefined : `proof ${keySumProof + 1}`;
};

/** The whole place in one line, for a list without groups. */
export const placeWords = (place: CheckPlace, nameOf: NameOf): string => {
	const { studyId, modelId, roundId, hospital, member, block } = place;
	const words = [
		studyId && `study ${studyId}`,
		roundId && `round ${roundId}`,
		modelId && `model ${modelId}`,
		hospital && `update of ${nameOf(hospital as Address)}`,
		member && `member ${nameOf(member as Address)}`,
		partWords(place),
		block && `block ${block}`,
	].filter((part) => part !== undefined);
	return words.length === 0 ? "chain history" : words.join(", ");
};
