/** A global model: where it comes from, and that its object is what the chain committed to. */
import { commitWeights } from "../../protocol/packing.ts";
import { decodeGlobalModel } from "../codecs/model.ts";
import type { ModelRecord } from "../ledger/state.ts";
import { type GlobalModel, stateCountOf } from "../serverOptimizer/serverStep.ts";
import { check, eventPlace, fetchObject, mismatch, requireEqual, skipped } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { History } from "./replay/replay.ts";
import type { Check } from "./report.ts";
import { serverOptimizerOf } from "./serverOptimizerOf.ts";

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
	const optimizer = definitionDigest && (await serverOptimizerOf(ports, definitionDigest));
	if (optimizer === undefined) return object;
	const arrays = model.roundId === 0n ? 0 : stateCountOf(optimizer);
	requireEqual("the number of arrays of optimizer state", object.state.length, arrays);
	return object;
};

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
		return;
	}
	yield* check("model.commitment", place, {
		run: () => requireEqual("the commitment on chain", commitment, commitWeights(object.value.weights, 0n)),
		detail: "recomputed from the weights",
	});
}
