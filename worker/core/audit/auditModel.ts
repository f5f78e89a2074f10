/** A global model: where it comes from, and that its object is what the chain committed to. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { commitWeights } from "../../protocol/packing.ts";
import { decodeGlobalModel } from "../codecs/model.ts";
import type { ModelRecord } from "../ledger/state.ts";
import { type GlobalModel, stateCountOf } from "../serverOptimizer/serverStep.ts";
import { initialModelProblem } from "../training/initialModel.ts";
import { check, eventPlace, fetchObject, mismatch, requireEqual, skipped } from "./check.ts";
import { definitionOf } from "./definitionOf.ts";
import type { AuditPorts } from "./ports.ts";
import type { History } from "./replay/replay.ts";
import type { Check, CheckPlace } from "./report.ts";

const requireLineage = (history: History, model: ModelRecord): string => {
	const { studyId, modelId, roundId, parent, commitment, digest } = model;
	const ofStudy = history.models.filter((other) => other.studyId === studyId);
	const previous = ofStudy[ofStudy.indexOf(model) - 1];
	requireEqual("the parent", parent, previous?.modelId ?? 0n);
	if (previous === undefined) {
		requireEqual("the initial model's round", roundId, 0n);
		return "the study's initial model";
	}
	const round = history.rounds.get(roundId);
	if (round?.finalized === undefined) throw mismatch(`round ${roundId} finalized no model`);
	requireEqual("the study of its round", round.studyId, studyId);
	requireEqual("the base model of its round", round.baseModelId, parent);
	requireEqual("the model that its round finalized", round.finalized.modelId, modelId);
	requireEqual("the commitment", commitment, round.finalized.modelCommitment);
	requireEqual("the digest", digest, round.finalized.modelDigest);
	return `trained from model ${parent} in round ${roundId}`;
};

/** The model's object, with as many arrays of state as the study's server optimizer leaves in one. */
const fetchModel = async (ports: AuditPorts, history: History, model: ModelRecord): Promise<GlobalModel> => {
	const { weightCount = 0, definitionDigest } = history.studies.get(model.studyId)?.parameters ?? {};
	const object = decodeGlobalModel(await fetchObject(ports, model.digest), weightCount);
	const study = definitionDigest && (await definitionOf(ports, definitionDigest));
	if (study === undefined) return object;
	const arrays = model.roundId === 0n ? 0 : stateCountOf(study.serverOptimizer);
	requireEqual("the number of arrays of optimizer state", object.state.length, arrays);
	return object;
};

/** The registered model against the one that definition and deployment give. */
async function* auditInitial(
	ports: AuditPorts,
	history: History,
	{ model, place }: { readonly model: ModelRecord; readonly place: CheckPlace },
): AsyncGenerator<Check, void> {
	const digest = history.studies.get(model.studyId)?.parameters.definitionDigest;
	const study = digest && (await definitionOf(ports, digest));
	if (study === undefined) {
		yield skipped("model.initial", place, "there is no definition to compute the initial model from");
		return;
	}
	const { chainId, deployment } = ports;
	yield* check("model.initial", place, {
		run: () => {
			const problem = initialModelProblem(study, { chainId, roundManager: deployment.roundManager }, model);
			if (problem === undefined) return;
			throw new DecentraHealthError("INITIAL_MODEL_MISMATCH", {
				message: `the initial model is not the one that the study's definition gives: ${problem}`,
				nextStep: "Do not use the study's models: somebody chose the weights that the hospitals started from.",
			});
		},
		detail: `drawn from the seed "${study.initialWeightsSeed}" for this deployment`,
	});
}

export async function* auditModel(
	ports: AuditPorts,
	history: History,
	model: ModelRecord,
): AsyncGenerator<Check, void> {
	const { studyId, modelId, commitment, digest } = model;
	const place = { studyId: String(studyId), modelId: String(modelId), ...eventPlace(model.place) };
	yield* check("model.lineage", place, { run: () => requireLineage(history, model), detail: (origin) => origin });
	const object = yield* check("model.object", place, {
		run: () => fetchModel(ports, history, model),
		detail: ({ weights, state }) =>
			`${weights.length} weights${state.length === 0 ? "" : `, ${state.length} arrays of state`}, digest ${digest}`,
	});
	if (object === undefined) {
		yield skipped("model.commitment", place, "there is no object to commit to");
	} else {
		yield* check("model.commitment", place, {
			run: () => requireEqual("the commitment on chain", commitment, commitWeights(object.value.weights, 0n)),
			detail: "recomputed from the weights",
		});
	}
	if (history.models.find((other) => other.studyId === studyId) === model) {
		yield* auditInitial(ports, history, { model, place });
	}
}
