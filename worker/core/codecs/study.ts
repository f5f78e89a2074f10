/** A study's definition as everybody signs up for it, and what the chain has to say about it. */
import { keccak256, stringToBytes } from "viem";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { architectureOf, learningRateInteger, type Study, studySchema } from "../../protocol/study.ts";

/** The bytes whose digest goes on chain: JSON with the schema's own order of fields. */
export const encodeStudy = (study: Study): Uint8Array =>
	new TextEncoder().encode(JSON.stringify(studySchema.parse(study)));

/** Parses foreign bytes. @throws DecentraHealthError STUDY_INVALID naming the field */
export const decodeStudy = (bytes: Uint8Array): Study => {
	const invalid = (problem: string): DecentraHealthError =>
		new DecentraHealthError("STUDY_INVALID", {
			message: `the study's definition ${problem}`,
			nextStep: "Use the program version that the study was made with; if this is it, do not use the study.",
		});
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		throw invalid("is no JSON");
	}
	const parsed = studySchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw invalid(`has a wrong ${issue?.path.join(".") || "form"}: ${issue?.message ?? "malformed"}`);
};

/** What ModelRegistry.StudyCreated says about this definition, besides its digest and the verifiers. */
export const studyParameters = (study: Study) => ({
	nameHash: keccak256(stringToBytes(study.name)),
	learningRate: learningRateInteger(study.learningRate),
	batchSize: study.batchSize,
	stepsPerSegment: study.stepsPerSegment,
	epochs: study.epochs,
	datasetDepth: study.datasetDepth,
	members: study.committee.members,
	threshold: study.committee.threshold,
	minUpdates: study.minUpdates,
	keySumSlots: study.keySumSlots,
	weightCount: architectureOf(study).weightCount,
	profileId: standardProfile.id,
	minSamples: study.minSamples,
	minBatches: study.minBatches,
});

type StudyParameters = Readonly<Record<keyof ReturnType<typeof studyParameters>, string | number>>;

/** The names of the parameters in which the chain contradicts the definition. */
export const contradictingParameters = (study: Study, onChain: StudyParameters): readonly string[] => {
	const expected: StudyParameters = studyParameters(study);
	return (Object.keys(expected) as (keyof StudyParameters)[]).filter((name) => onChain[name] !== expected[name]);
};
