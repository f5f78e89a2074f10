/** A study: its definition, what the chain says about it, and the keys that its proofs are verified with. */
import type { Hex } from "viem";
import { ENCRYPT_UPDATE_SIGNALS, keySumSignalCount, TRAIN_SEGMENT_SIGNALS } from "../../protocol/publicSignals.ts";
import { decodeStudy, studyParameters } from "../codecs/study.ts";
import { decodeVerificationKey, type VerificationKey } from "../codecs/verificationKey.ts";
import type { StudyRecord } from "../ledger/state.ts";
import { check, fetchObject, requireEqual, skipped } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { Check, CheckId, CheckPlace } from "./report.ts";

/** Undefined: not to be had, or malformed. */
export type StudyKeys = {
	readonly train: VerificationKey | undefined;
	readonly encrypt: VerificationKey | undefined;
	readonly keySum: VerificationKey | undefined;
};

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
	const { studyId, parameters, trainVkHash, encryptVkHash, keySumVkHash } = record;
	const place = { studyId: String(studyId) };
	const definition = yield* check("study.definition", place, {
		run: async () => decodeStudy(await fetchObject(ports, parameters.definitionDigest)),
		detail: ({ name }) => `${name}, digest ${parameters.definitionDigest}`,
	});
	if (definition === undefined) {
		yield skipped("study.parameters", place, "there is no definition to compare the parameters with");
	} else {
		yield* check("study.parameters", place, {
			run: () => {
				const expected = studyParameters(definition.value);
				for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
					requireEqual(`${name} on chain`, parameters[name], expected[name]);
				}
			},
			detail: `${parameters.weightCount} weights, learning rate ${parameters.learningRate} / 1024, batches of ${parameters.batchSize}, epochs ${parameters.epochs}, committee ${parameters.threshold} of ${parameters.members}, ${parameters.keySumSlots} updates a key sum proof`,
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
	const keySum = yield* auditKey("study.keySumKey", place, {
		ports,
		hash: keySumVkHash,
		signals: keySumSignalCount(parameters.keySumSlots),
	});
	return { train, encrypt, keySum };
}
