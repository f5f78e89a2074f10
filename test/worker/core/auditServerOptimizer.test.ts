/** A server optimizer's step and state belong to what the audit recomputes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeGlobalModel, encodeModel } from "../../../worker/core/codecs/model.ts";
import type { GlobalModel } from "../../../worker/core/serverOptimizer/serverStep.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { put, type SyntheticChain } from "../../support/audit/ledgerWriter.ts";
import { auditChain, eventOf, notOk } from "../../support/audit/runAudit.ts";
import { HOSPITALS, syntheticConsortium } from "../../support/audit/syntheticConsortium.ts";
import { syntheticRounds } from "../../support/audit/syntheticRounds.ts";
import { show, studyOf, testTamperings } from "../../support/audit/tampering.ts";
import { loadStudy } from "../../support/wdbc.ts";

const WEIGHTS = architectureOf(loadStudy()).weightCount;
const ADAM = { kind: "fedadam", learningRate: 0.05, beta1: 0.9, beta2: 0.99, epsilon: 0.001 } as const;

/** Two finalized rounds: the second steps from the state that the first one left. */
const chainOfTwoRounds = (): SyntheticChain => {
	const consortium = syntheticConsortium("server optimizer", { serverOptimizer: ADAM });
	consortium.link();
	consortium.createStudy();
	consortium.enroll();
	const rounds = syntheticRounds(consortium);
	for (let count = 0; count < 2; count++) {
		const round = rounds.openRound();
		for (const hospital of HOSPITALS) rounds.submit(round, hospital);
		rounds.hold(round);
		rounds.freeze(round);
		for (const member of [1, 2]) rounds.postKeySum(round, member);
		for (const member of [1, 3]) rounds.attest(round, member);
	}
	return consortium.chain;
};

const original = chainOfTwoRounds();

/** The model that a round made, changed: attested by t members, finalized, appended and published. */
const replaceModel = (chain: SyntheticChain, nth: number, change: (model: GlobalModel) => GlobalModel): void => {
	const finalized = eventOf(chain, "RoundFinalized", nth).args;
	const bytes = chain.blocks.get(finalized.modelDigest);
	assert.ok(bytes !== undefined);
	const { weights, state } = change(decodeGlobalModel(bytes, WEIGHTS));
	const model = {
		modelCommitment: commitWeights(weights, 0n),
		modelDigest: put(chain.blocks, encodeModel(weights, state)),
	};
	for (const attestation of [2 * nth, 2 * nth + 1])
		Object.assign(eventOf(chain, "ModelAttested", attestation).args, model);
	Object.assign(finalized, model);
	const { modelCommitment: commitment, modelDigest: digest } = model;
	Object.assign(eventOf(chain, "ModelAppended", nth + 1).args, { commitment, digest });
};

test("two honest rounds of FedAdam pass, and the second one's model carries the moments of both", async () => {
	const checks = await auditChain(original);
	assert.deepEqual(notOk(checks), [], show(notOk(checks)));
	assert.equal(checks.filter(({ id }) => id === "round.step").length, 2);
	assert.match(checks.findLast(({ id }) => id === "round.step")?.detail ?? "", /fedadam, with 2 arrays/);
});

testTamperings(original, [
	{
		name: "one unit in the second moment of a finalized model whose weights are right",
		tamper: (chain) =>
			replaceModel(chain, 1, ({ weights, state: [first = [], second = []] }) => ({
				weights,
				state: [first, second.with(5, (second[5] ?? 0n) + 1n)],
			})),
		id: "round.result",
		code: "AUDIT_MISMATCH",
		place: { roundId: "2", modelId: "3" },
		affected: ["round.attestation", "round.result"],
	},
	{
		name: "the plain mean's state in the place of the optimizer's: weights right, moments reset to none",
		tamper: (chain) => replaceModel(chain, 1, ({ weights }) => ({ weights, state: [] })),
		id: "model.object",
		code: "AUDIT_MISMATCH",
		affected: ["model.object", "model.commitment", "round.attestation", "round.result"],
	},
	{
		name: "another optimizer's step: one weight moved by one unit",
		tamper: (chain) =>
			replaceModel(chain, 1, ({ weights, state }) => ({ weights: weights.with(3, (weights[3] ?? 0) + 1), state })),
		id: "round.result",
		code: "AUDIT_MISMATCH",
		affected: ["round.attestation", "round.result"],
	},
	{
		name: "the base model's object with other state, under the digest on chain",
		tamper: (chain) => {
			const { modelDigest } = eventOf(chain, "RoundFinalized", 0).args;
			const { weights, state } = decodeGlobalModel(chain.blocks.get(modelDigest) as Uint8Array, WEIGHTS);
			chain.blocks.set(
				modelDigest,
				encodeModel(
					weights,
					state.map((array) => array.map(() => 0n)),
				),
			);
		},
		id: "model.object",
		code: "BLOCK_MISMATCH",
		affected: ["model.object", "model.commitment", "round.step", "round.result"],
	},
	{
		name: "a study definition that names another step size",
		tamper: (chain) => {
			const { parameters } = studyOf(chain);
			const definition = JSON.parse(new TextDecoder().decode(chain.blocks.get(parameters.definitionDigest)));
			definition.serverOptimizer.learningRate *= 2;
			parameters.definitionDigest = put(chain.blocks, new TextEncoder().encode(JSON.stringify(definition)));
		},
		id: "model.initial",
		code: "INITIAL_MODEL_MISMATCH",
		affected: ["model.initial", "round.attestation", "round.result"],
	},
]);
