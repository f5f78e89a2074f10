/** Evaluation of models in a browser: the worker's answers, and the page's promises for them. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { estimateText, metricsSeries, shortEstimate } from "../../../web/lib/evaluation/estimates.ts";
import { createEvaluator, type WorkerPort } from "../../../web/lib/evaluation/evaluator.ts";
import {
	type EvaluationAnswer,
	type EvaluationRequest,
	evaluationAnswerSchema,
	evaluationRequestSchema,
} from "../../../web/lib/evaluation/messages.ts";
import { createSession } from "../../../web/lib/evaluation/session.ts";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { encodeStudy } from "../../../worker/core/codecs/study.ts";
import { quantizeRow } from "../../../worker/core/dataset/preprocess.ts";
import { encodeStore } from "../../../worker/core/dataset/store.ts";
import { evaluateClasses } from "../../../worker/core/metrics/evaluateClasses.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { createPredictor } from "../../../worker/core/training/predict.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { standInDeployment } from "../../../worker/protocol/deploymentId.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { loadStudy, loadWdbc } from "../../support/wdbc.ts";

const study = loadStudy();
const weights = initialWeights(study, standInDeployment("evaluation"));
const blocks = new Map<string, Uint8Array>();
const put = (bytes: Uint8Array) => {
	const digest = contentDigest(bytes).hex;
	blocks.set(digest, bytes);
	return digest;
};

let samples: readonly Sample[];
let request: EvaluationRequest;
before(async () => {
	const rows = (await loadWdbc()).slice(0, 120);
	samples = rows.map(({ features, label }) => ({ inputs: quantizeRow(features, study.preprocessing), label }));
	request = {
		id: 7,
		gateways: ["http://127.0.0.1:1"],
		definition: put(encodeStudy(study)),
		heldOut: put(encodeStore(study, samples)),
		model: put(encodeModel(weights)),
	};
});

/** Fetches are counted by digest. */
const session = () => {
	const fetched: string[] = [];
	const answers: EvaluationAnswer[] = [];
	const answer = createSession({
		openStore: () => ({
			get: async (digest) => {
				fetched.push(digest);
				const bytes = blocks.get(digest);
				if (bytes !== undefined) return bytes;
				throw new DecentraHealthError("BLOCK_MISSING", { message: `no ${digest}`, nextStep: "Publish it." });
			},
		}),
		post: (message) => answers.push(evaluationAnswerSchema.parse(structuredClone(message))),
	});
	return { answer, answers, fetched };
};

test("the metrics are those of the one evaluation that command line and export use", async () => {
	const { answer, answers } = session();
	await answer(evaluationRequestSchema.parse(structuredClone(request)));
	const predict = createPredictor(study, weights);
	const { binary: _, ...expected } = evaluateClasses({
		labels: samples.map(({ label }) => label),
		probabilities: samples.map(({ inputs }) => predict(inputs).probabilities),
		classes: 2,
	});
	assert.deepEqual(answers, [{ type: "metrics", id: 7, metrics: expected }]);
});

test("definition and rows are fetched once for all models; a failure is forgotten", async () => {
	const { answer, answers, fetched } = session();
	await Promise.all([answer(request), answer({ ...request, id: 8 })]);
	assert.equal(fetched.filter((digest) => digest === request.heldOut).length, 1);
	assert.equal(answers.length, 2);

	const again = session();
	const bytes = blocks.get(request.heldOut) as Uint8Array;
	blocks.delete(request.heldOut);
	await again.answer(request);
	blocks.set(request.heldOut, bytes);
	await again.answer(request);
	assert.deepEqual(
		again.answers.map((one) => (one.type === "failed" ? one.problem.code : one.type)),
		["BLOCK_MISSING", "metrics"],
	);
});

test("rows of another study, and a model of another network, are refused by code", async () => {
	const other = { ...study, name: "other" };
	const codeOf = async (changes: Partial<EvaluationRequest>) => {
		const { answer, answers } = session();
		await answer({ ...request, ...changes });
		const [first] = answers;
		return first?.type === "failed" ? first.problem.code : first?.type;
	};
	assert.equal(await codeOf({ definition: put(encodeStudy(other)) }), "DATASET_FOREIGN");
	assert.equal(await codeOf({ model: put(encodeModel([1, 2, 3])) }), "MODEL_MALFORMED");
	assert.equal(await codeOf({ heldOut: request.model }), "DATASET_UNREADABLE");
	assert.equal(await codeOf({ definition: request.model }), "STUDY_INVALID");
});

/** A worker that a test speaks for. */
const port = () => {
	const heard: EvaluationRequest[] = [];
	const listeners: Record<string, ((event: Event) => void)[]> = { message: [], error: [] };
	const worker: WorkerPort = {
		postMessage: (message) => heard.push(message),
		addEventListener: (type, listener) => listeners[type]?.push(listener),
	};
	const say = (type: "message" | "error", data?: unknown) => {
		for (const listener of listeners[type] ?? []) listener(new MessageEvent(type, { data }));
	};
	return { worker, heard, say };
};

test("answers find their promises, in any order; one worker serves all", async () => {
	const { worker, heard, say } = port();
	let spawned = 0;
	const { evaluate } = createEvaluator(() => {
		spawned++;
		return worker;
	});
	const { id: _, ...asked } = request;
	const [first, second] = [evaluate(asked), evaluate(asked)];
	assert.deepEqual([spawned, heard.length], [1, 2]);
	const metrics = await (async () => {
		const { answer, answers } = session();
		await answer(request);
		return answers[0]?.type === "metrics" ? answers[0].metrics : assert.fail();
	})();
	const problem = { code: "BLOCK_MISSING", message: "m", nextStep: "n" };
	say("message", { type: "failed", id: heard[1]?.id, problem });
	say("message", { type: "metrics", id: heard[0]?.id, metrics });
	assert.deepEqual(await first, metrics);
	await rejectsWithCode(second, "BLOCK_MISSING");
});

test("a worker that is lost or says what is no answer fails what waits, and the next request starts a new one", async () => {
	for (const end of ["error", "message"] as const) {
		const ports = [port(), port()];
		let spawned = 0;
		const { evaluate } = createEvaluator(() => (ports[spawned++] ?? port()).worker);
		const { id: _, ...asked } = request;
		const waiting = evaluate(asked);
		ports[0]?.say(end, { type: "metrics" });
		await assert.rejects(waiting, /ended by itself/);
		void evaluate(asked).catch(() => undefined);
		assert.equal(ports[1]?.heard.length, 1);
	}
});

test("estimates say their interval, or why they have none", () => {
	const interval = { low: 0.98, high: 0.998 };
	assert.equal(estimateText({ value: 0.991, interval, reason: null }), "0.991 (95 % interval 0.980 to 0.998)");
	assert.equal(shortEstimate({ value: 0.991, interval, reason: null }), "0.991 (0.980 to 0.998)");
	assert.equal(shortEstimate({ value: null, interval: null, reason: "no positives" }), "none");
	assert.equal(estimateText({ value: 0.5, interval: null, reason: "few" }), "0.500");
	assert.equal(estimateText({ value: null, interval: null, reason: "no positives" }), "none: no positives");
});

test("a model without figures keeps its place in the series", () => {
	const model = { modelId: 1n, parent: 0n, commitment: 1n, digest: "0x" as const, current: false };
	assert.deepEqual(
		metricsSeries([model], () => undefined),
		[{ label: "initial", modelId: 1n }],
	);
});
