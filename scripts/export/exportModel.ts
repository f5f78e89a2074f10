/** A proven global model as a TensorFlow.js LayersModel with a model card: audited first, written whole or not at all. */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { writeFileAtomic } from "../../worker/adapters/atomicFile.ts";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { readSamples } from "../../worker/adapters/dataset/readSamples.ts";
import { requireDigest } from "../../worker/adapters/ipfs/cid.ts";
import { openBlockStore } from "../../worker/adapters/ipfs/openBlockStore.ts";
import { withRetries } from "../../worker/adapters/ipfs/withRetries.ts";
import { readyBackend } from "../../worker/adapters/tensorflow/backend.ts";
import {
	layersModelFiles,
	type ModelFiles,
	predictWithFiles,
} from "../../worker/adapters/tensorflow/layersModelFiles.ts";
import type { Check } from "../../worker/core/audit/report.ts";
import { decodeGlobalModel } from "../../worker/core/codecs/model.ts";
import { createRandom } from "../../worker/core/dataset/random.ts";
import { foldEvents } from "../../worker/core/ledger/fold.ts";
import { currentModel, type Ledger, type ModelRecord, type StudyRecord } from "../../worker/core/ledger/state.ts";
import { evaluateClasses } from "../../worker/core/metrics/evaluateClasses.ts";
import { createPredictor } from "../../worker/core/training/predict.ts";
import { runAudit } from "../../worker/node/auditor.ts";
import { fetchStudy } from "../../worker/node/participant.ts";
import { isDevelopmentChain } from "../../worker/protocol/developmentChain.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { commitWeights } from "../../worker/protocol/packing.ts";
import { architectureOf, type Study } from "../../worker/protocol/study.ts";
import { findStudy } from "../../worker/service/open/study.ts";
import { INTENDED_USE, limitsOf, type ModelCard } from "./card.ts";

import { lineageOf, named } from "./lineage.ts";
import { cardMarkdown } from "./markdown.ts";

export type ExportRequest = {
	readonly rpcUrl: string;
	/** Address of the RoundManager. */
	readonly address: string;
	/** A folder of blocks, `http(s)://GATEWAY` or `kubo+http(s)://HOST:PORT`. */
	readonly ipfs: string;
	/** Id or name; by default the only one. */
	readonly study?: string | undefined;
	/** By default the study's current model. */
	readonly modelId?: bigint | undefined;
	readonly fromBlock?: bigint | undefined;
	/** A new folder. */
	readonly out: string;
	/** Rows to evaluate on, and the split of an archive. */
	readonly data?: string | undefined;
	readonly split?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onCheck?: (check: Check, seconds: number) => void;
};

/** More would mean that the exported layers are not the model's. */
const MOST_DIFFERENCE = 0.1;
const RANDOM_SAMPLES = 64;

const refused = (message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError("CONFIG_INVALID", { message, nextStep });

const chooseStudy = (ledger: Ledger, wanted: string | undefined): StudyRecord => {
	if (wanted !== undefined) return findStudy(ledger, /^\d{1,18}$/.test(wanted) ? Number(wanted) : wanted);
	const [only, ...others] = ledger.studies.values();
	if (only !== undefined && others.length === 0) return only;
	throw refused(`there are ${ledger.studies.size} studies`, "Name one by its id or name: --study ID.");
};

const chooseModel = (ledger: Ledger, studyId: bigint, wanted: bigint | undefined): ModelRecord => {
	const ofStudy = [...ledger.models.values()].filter((model) => model.studyId === studyId);
	const found =
		wanted === undefined ? currentModel(ledger, studyId) : ofStudy.find(({ modelId }) => modelId === wanted);
	if (found !== undefined) return found;
	throw refused(
		`study ${studyId} has no model ${wanted ?? ""}`,
		`Choose one of its models with --model: ${ofStudy.map(({ modelId }) => modelId).join(", ")}.`,
	);
};

const requireClean = async (request: ExportRequest, studyId: bigint) => {
	const { rpcUrl, address, ipfs, fromBlock, signal, onCheck } = request;
	const audited = await runAudit({ rpcUrl, address, ipfs, studyId, fromBlock, signal, ...(onCheck && { onCheck }) });
	const { counts, firstFailure, blockNumber, seconds } = audited;
	if (firstFailure !== undefined) {
		throw new DecentraHealthError("MODEL_UNPROVEN", {
			message: `the audit failed, so nothing is exported: ${firstFailure.id}: ${firstFailure.detail}`,
			nextStep: firstFailure.nextStep ?? "Run `npm run audit`, which shows every check.",
		});
	}
	const { ok, warning: warnings, skipped } = counts;
	return { clean: true, ok, warnings, skipped, block: blockNumber, seconds } as const;
};

/** Predictions of both, on the evaluation's rows or on seeded bytes. */
const compare = async (
	study: Study,
	weights: readonly number[],
	files: ModelFiles,
	given: readonly Uint8Array[] | undefined,
) => {
	const random = createRandom("DecentraHealth/export/v1");
	const { inputCount } = architectureOf(study);
	const drawn = () => Uint8Array.from({ length: inputCount }, () => random.below(256));
	const inputs = given ?? Array.from({ length: RANDOM_SAMPLES }, drawn);
	const predict = createPredictor(study, weights);
	const exact = inputs.map((each) => predict(each).probabilities);
	const floats = await predictWithFiles(study, files, inputs);
	const largestDifference = exact.reduce(
		(most, each, index) =>
			each.reduce(
				(inner, value, label) => Math.max(inner, Math.abs(value - (floats[index]?.[label] ?? Infinity))),
				most,
			),
		0,
	);
	if (!(largestDifference <= MOST_DIFFERENCE)) {
		throw new DecentraHealthError("MODEL_MALFORMED", {
			message: `the exported model's probabilities differ from the fixed-point model's by ${largestDifference}`,
			nextStep: "Do not use either: report this with the study's definition.",
		});
	}
	return { exact, agreement: { samples: inputs.length, largestDifference } };
};

/** A folder with all files, or none. @throws DecentraHealthError CONFIG_INVALID when the name is taken or can't be written */
const writeFolder = async (out: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> => {
	const temporary = join(dirname(out), `.${basename(out)}.${randomUUID()}.partial`);
	try {
		await mkdir(temporary, { recursive: true });
		for (const [name, content] of Object.entries(files)) {
			await writeFileAtomic(join(temporary, name), content, { mode: 0o644 });
		}
		await requireFree(out);
		await rename(temporary, out);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
};

const requireFree = async (out: string): Promise<void> => {
	const found = await stat(out).catch(() => undefined);
	if (found !== undefined)
		throw refused(`${out} is there already`, "Name a folder that does not exist yet: --out FOLDER.");
};

/**
 * @returns the model card
 * @throws DecentraHealthError MODEL_UNPROVEN when the audit is not clean; CONFIG_INVALID, STUDY_MISSING, STUDY_INVALID, MODEL_MALFORMED, BLOCK_*, IPFS_*,
 *   RPC_*, CONTRACT_MISSING, DATASET_*, ABORTED
 */
export const exportModel = async (request: ExportRequest): Promise<ModelCard> => {
	const { rpcUrl, address, fromBlock, signal, data, split } = request;
	const out = resolve(request.out);
	await requireFree(out);
	const connection = await connectChain({ rpcUrl, address, fromBlock, signal });
	const { events, blockNumber } = await connection.readEvents();
	const ledger = foldEvents(events);
	const record = chooseStudy(ledger, request.study);
	const { studyId, parameters } = record;
	const model = chooseModel(ledger, studyId, request.modelId);
	const store = withRetries(await openBlockStore(request.ipfs));
	const study = await fetchStudy(store, record, signal);
	const samples = data === undefined ? undefined : await readSamples({ path: data, study, split, signal });
	// Reads the chain anew: whatever is exported has to be in it.
	const audit = await requireClean(request, studyId);
	if (BigInt(audit.block) < blockNumber)
		throw refused("the node went back while it was read", "Run the command again.");

	const bytes = await store.get(requireDigest(model.digest.toLowerCase()), { signal });
	const { weights, state } = decodeGlobalModel(bytes, parameters.weightCount);
	if (commitWeights(weights, 0n) !== model.commitment) {
		throw new DecentraHealthError("MODEL_UNPROVEN", {
			message: `the object of model ${model.modelId} is not the committed one`,
			nextStep: "Run `npm run audit`, which shows every check.",
		});
	}
	await readyBackend();
	const files = await layersModelFiles(study, weights);
	const { exact, agreement } = await compare(
		study,
		weights,
		files,
		samples?.map(({ inputs }) => inputs),
	);
	const labels = samples?.map(({ label }) => label);
	const { chain, deployment } = connection;
	const card: ModelCard = {
		version: 1,
		intendedUse: INTENDED_USE,
		study: { studyId: String(studyId), ...named(parameters.definitionDigest), definition: study },
		chain: { chainId: chain.id, ...deployment, block: String(blockNumber) },
		model: {
			modelId: String(model.modelId),
			commitment: String(model.commitment),
			...named(model.digest),
			weights: weights.length,
			stateArrays: state.length,
		},
		lineage: lineageOf(ledger, model),
		audit,
		evaluation:
			labels === undefined
				? null
				: {
						file: basename(data ?? ""),
						split: split ?? null,
						metrics: evaluateClasses({ labels, probabilities: exact, classes: study.classes.length }),
					},
		agreement: { ...agreement, inputs: samples === undefined ? "seeded random inputs" : "evaluation data" },
		limits: limitsOf({ development: isDevelopmentChain(chain.id), evaluated: samples !== undefined, study }),
	};
	signal?.throwIfAborted();
	await writeFolder(out, {
		...files,
		"model-card.json": `${JSON.stringify(card, null, "\t")}\n`,
		"MODEL_CARD.md": cardMarkdown(card),
	});
	return card;
};
