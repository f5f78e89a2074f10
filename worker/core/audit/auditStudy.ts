/** A study: its definition, what the chain says about it, and the keys that its proofs are verified with. */
import { type Hex, keccak256, stringToBytes } from "viem";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { ENCRYPT_UPDATE_SIGNALS, TRAIN_SEGMENT_SIGNALS } from "../../protocol/publicSignals.ts";
import { architectureOf, learningRateInteger, type Study, studySchema } from "../../protocol/study.ts";
import { decodeVerificationKey, type VerificationKey } from "../codecs/verificationKey.ts";
import type { StudyRecord } from "../ledger/state.ts";
import { check, fetchObject, requireEqual, skipped } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { Check, CheckId, CheckPlace } from "./report.ts";

/** Undefined: not to be had, or malformed. */
export type StudyKeys = {
	readonly train: VerificationKey | undefined;
	readonly encrypt: VerificationKey | undefined;
};

const parseDefinition = (bytes: Uint8Array): Study => {
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
	const issue = parsed.error.issues[0];
	throw invalid(`has a wrong ${issue?.path.join(".") || "form"}: ${issue?.message ?? "malformed"}`);
};

/** What StudyCreated must say about this definition. */
const expectedParameters = (study: Study) => ({
	nameHash: keccak256(stringToBytes(study.name)),
	learningRate: learningRateInteger(study.learningRate),
	batchSize: study.batchSize,
	stepsPerSegment: study.stepsPerSegment,
	epochs: study.epochs,
	datasetDepth: study.datasetDepth,
	members: study.committee.members,
	threshold: study.committee.threshold,
	minUpdates: study.minUpdates,
	weightCount: architectureOf(study).weightCount,
	profileId: standardProfile.id,
});

async function* auditKey(
	id: CheckId,
	place: CheckPlace,
	{ ports, hash, signals }: { ports: AuditPorts; hash: Hex; signals: number },
): AsyncGenerator<Check, VerificationKey | undefined> {
	const found = yield* check(id, place, {
		run: async () => {
			const key = decodeVerificationKey(await fetchObject(ports, hash));
			requireEqual("the key's number of public signals", key.nPublic, signals);
			return key;
		},
		detail: `${signals} public signals, digest ${hash}`,
	});
	return found?.value;
}

export async function* auditStudy(ports: AuditPorts, record: StudyRecord): AsyncGenerator<Check, StudyKeys> {
	const { studyId, parameters, trainVkHash, encryptVkHash } = record;
	const place = { studyId: String(studyId) };
	const definition = yield* check("study.definition", place, {
		run: async () => parseDefinition(await fetchObject(ports, parameters.definitionDigest)),
		detail: ({ name }) => `${name}, digest ${parameters.definitionDigest}`,
	});
	if (definition === undefined) {
		yield skipped("study.parameters", place, "there is no definition to compare the parameters with");
	} else {
		yield* check("study.parameters", place, {
			run: () => {
				const expected = expectedParameters(definition.value);
				for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
					requireEqual(`${name} on chain`, parameters[name], expected[name]);
				}
			},
			detail: `${parameters.weightCount} weights, learning rate ${parameters.learningRate} / 1024, batches of ${parameters.batchSize}, epochs ${parameters.epochs}, committee ${parameters.threshold} of ${parameters.members}`,
		});
	}
	const train = yield* auditKey("study.trainKey", place, {
		ports,
		hash: trainVkHash,
		signals: TRAIN_SEGMENT_SIGNALS.length,
	});
	const encrypt = yield* auditKey("study.encryptKey", place, {
		ports,
		hash: encryptVkHash,
		signals: ENCRYPT_UPDATE_SIGNALS.length,
	});
	return { train, encrypt };
}
