/** Answers requests to evaluate models, as the browser's worker does: everything is read from gateways and checked against its digest. */
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { decodeModel } from "../../../worker/core/codecs/model.ts";
import { decodeStudy } from "../../../worker/core/codecs/study.ts";
import { decodeStore } from "../../../worker/core/dataset/store.ts";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import { architectureOf, type Study } from "../../../worker/protocol/study.ts";
import { evaluateModel } from "./evaluateModel.ts";
import type { EvaluationAnswer, EvaluationRequest } from "./messages.ts";

export type EvaluationPorts = {
	readonly openStore: (gateways: readonly string[]) => Pick<BlockStore, "get">;
	readonly post: (answer: EvaluationAnswer) => void;
};

type Rows = { readonly study: Study; readonly samples: readonly Sample[] };

const problemOf = (error: unknown) => {
	if (isDecentraHealthError(error)) {
		const { code, message, nextStep } = error;
		return { code, message, nextStep };
	}
	const message = error instanceof Error ? error.message : "unknown error";
	return { code: "FAULT", message, nextStep: "This is a fault of the program: report it." };
};

/** The study's rows are fetched and decoded once, for all of its models. @returns answers one request; never throws */
export const createSession = ({
	openStore,
	post,
}: EvaluationPorts): ((request: EvaluationRequest) => Promise<void>) => {
	const known = new Map<string, Promise<Rows>>();
	const rowsOf = ({ gateways, definition, heldOut }: EvaluationRequest): Promise<Rows> => {
		const key = `${definition} ${heldOut}`;
		const read = async (): Promise<Rows> => {
			const store = openStore(gateways);
			const [study, bytes] = [decodeStudy(await store.get(definition)), await store.get(heldOut)];
			return { study, samples: decodeStore(bytes, study, "the held-out rows") };
		};
		const found = known.get(key) ?? read();
		known.set(key, found);
		// What failed may succeed the next time: a gateway comes back.
		found.catch(() => known.delete(key));
		return found;
	};
	return async (request) => {
		const { id, gateways, model } = request;
		try {
			const { study, samples } = await rowsOf(request);
			const weights = decodeModel(await openStore(gateways).get(model), architectureOf(study).weightCount);
			post({ type: "metrics", id, metrics: evaluateModel(study, weights, samples) });
		} catch (error) {
			post({ type: "failed", id, problem: problemOf(error) });
		}
	};
};
