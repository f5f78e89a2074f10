/** The page's side of the evaluation's worker: a promise for every model. */
import { DecentraHealthError, type ErrorCode } from "../../../worker/protocol/errors.ts";
import type { ModelMetrics } from "./evaluateModel.ts";
import { type EvaluationRequest, evaluationAnswerSchema } from "./messages.ts";

/** The part of a Worker that is used here. */
export type WorkerPort = {
	readonly postMessage: (message: EvaluationRequest) => void;
	readonly addEventListener: (type: "message" | "error", listener: (event: Event) => void) => void;
};

export type Evaluator = {
	/** @throws DecentraHealthError BLOCK_*, IPFS_UNREACHABLE, STUDY_INVALID, MODEL_MALFORMED, DATASET_*; Error when the worker is lost */
	readonly evaluate: (request: Omit<EvaluationRequest, "id">) => Promise<ModelMetrics>;
};

type Waiting = { readonly resolve: (metrics: ModelMetrics) => void; readonly reject: (error: Error) => void };

/** @param spawn starts the worker; called at the first request, and again after a worker was lost */
export const createEvaluator = (spawn: () => WorkerPort): Evaluator => {
	const waiting = new Map<number, Waiting>();
	let worker: WorkerPort | undefined;
	let next = 0;

	const lose = (): void => {
		worker = undefined;
		for (const { reject } of waiting.values()) reject(new Error("the evaluation's worker ended by itself"));
		waiting.clear();
	};
	const hear = (data: unknown): void => {
		const { data: answer } = evaluationAnswerSchema.safeParse(data);
		if (answer === undefined) {
			lose();
			return;
		}
		const asked = waiting.get(answer.id);
		waiting.delete(answer.id);
		if (answer.type === "metrics") {
			asked?.resolve(answer.metrics);
		} else {
			const { code, message, nextStep } = answer.problem;
			// Our own worker's codes; an unknown one is shown as it is.
			asked?.reject(new DecentraHealthError(code as ErrorCode, { message, nextStep }));
		}
	};
	const open = (): WorkerPort => {
		const opened = spawn();
		opened.addEventListener("message", (event) => hear((event as MessageEvent<unknown>).data));
		opened.addEventListener("error", lose);
		return opened;
	};
	return {
		evaluate: (request) =>
			new Promise((resolve, reject) => {
				worker ??= open();
				const id = next++;
				waiting.set(id, { resolve, reject });
				worker.postMessage({ ...request, id });
			}),
	};
};
