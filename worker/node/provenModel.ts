/** Whether a global model is what its round makes of the proven updates; docs/PROTOCOL.md section 5.7. */
import { z } from "zod";
import { encodeModel } from "../core/codecs/model.ts";
import type { Ledger, ModelRecord } from "../core/ledger/state.ts";
import { CANNOT_BE_HAD } from "../protocol/blockErrors.ts";
import { contentDigest } from "../protocol/contentDigest.ts";
import { DecentraHealthError, type ErrorCode, isDecentraHealthError } from "../protocol/errors.ts";
import { commitWeights } from "../protocol/packing.ts";
import { recomputeModel } from "./attestation.ts";
import { requireInitialModel } from "./initialModel.ts";
import { type Participant, requireStudy, timed } from "./participant.ts";
import { requireProvenUpdates } from "./proofs.ts";

type Reader = Pick<Participant, "connection" | "store" | "journal" | "progress" | "signal">;

const unproven = (modelId: bigint, problem: string, cause?: unknown): DecentraHealthError =>
	new DecentraHealthError("MODEL_UNPROVEN", {
		message: `model ${modelId} is not known to be what its round makes of the proven updates: ${problem}`,
		nextStep:
			"Do not train on it: run the audit, which says what is wrong, and have the coordinator replace the committee that attested to it.",
		cause,
	});

/** Says nothing about the model. */
const OWN_PROBLEMS: readonly ErrorCode[] = ["ABORTED", "RPC_UNREACHABLE", "RPC_FAILED", "CKKS_FAILED"];

const requireRecomputed = async (reader: Reader, ledger: Ledger, model: ModelRecord): Promise<void> => {
	const { modelId, roundId, commitment, digest, parent } = model;
	const round = ledger.rounds.get(roundId);
	const { finalized } = round ?? {};
	if (round === undefined || finalized?.modelId !== modelId || round.baseModelId !== parent) {
		throw unproven(modelId, `round ${roundId} did not make it of model ${parent}`);
	}
	const study = requireStudy(ledger, round.studyId);
	try {
		await requireProvenUpdates(reader, round, study);
		const { weights, state } = await recomputeModel(reader, round, study);
		const isSame =
			commitWeights(weights, 0n) === commitment && contentDigest(encodeModel(weights, state)).hex === digest;
		if (!isSame) throw unproven(modelId, `round ${roundId} gives another one`);
	} catch (error) {
		if (!isDecentraHealthError(error) || error.code === "MODEL_UNPROVEN" || OWN_PROBLEMS.includes(error.code)) {
			throw error;
		}
		const { code, message } = error;
		// Then the model is not trained on, and it is tried again.
		if (!CANNOT_BE_HAD.includes(code)) throw unproven(modelId, `${code}: ${message}`, error);
		throw new DecentraHealthError(code, {
			message: `round ${roundId} can't be recomputed, so nothing is trained on its model ${modelId}: ${message}`,
			nextStep: "Add a store or gateway that has the block: it is tried again.",
			cause: error,
		});
	}
};

const noteSchema = z.strictObject({ commitment: z.string() });

/**
 * Recomputes the round that made the model, from the chain and IPFS: all proofs, the bundles, the key sums, the sum, the server
 * optimizer's step and state. A model that passed is noted down. The study's initial model is recomputed from its definition each time: a
 * model that honest rounds made of a chosen one is a trap, too.
 * @throws DecentraHealthError INITIAL_MODEL_MISMATCH, MODEL_UNPROVEN when it is another one; BLOCK_*, IPFS_UNREACHABLE when the round can't be recomputed now; RPC_*, CKKS_FAILED,
 *   ABORTED
 */
export const requireProvenModel = async (reader: Reader, ledger: Ledger, modelId: bigint): Promise<void> => {
	const model = ledger.models.get(modelId);
	if (model === undefined) throw unproven(modelId, "the chain shows no such model");
	const { studyId, roundId, commitment } = model;
	await requireInitialModel(reader, ledger, studyId);
	if (roundId === 0n) return;
	const key = `proven-model-${reader.connection.scope}-${modelId}`;
	const note = await reader.journal.read(key, noteSchema);
	if (note?.commitment === String(commitment)) return;
	await timed(reader.progress, `recompute the model of round ${roundId}`, () =>
		requireRecomputed(reader, ledger, model),
	);
	await reader.journal.write(key, { commitment: String(commitment) });
};
