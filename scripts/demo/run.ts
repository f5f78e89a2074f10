/** The demo from set-up to report; main.ts has built everything before this is loaded. */

import { stat } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { closeProver } from "../../worker/adapters/prover.ts";
import { decodeGlobalModel } from "../../worker/core/codecs/model.ts";
import type { RoundRecord } from "../../worker/core/ledger/state.ts";
import type { GlobalModel } from "../../worker/core/serverOptimizer/serverStep.ts";
import { runAudit } from "../../worker/node/auditor.ts";
import { readLedger } from "../../worker/node/participant.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { architectureOf } from "../../worker/protocol/study.ts";
import type { PreparedStudy } from "../prepareStudy.ts";
import { type DemoConsortium, setUpConsortium } from "./consortium.ts";
import { evaluateBaselines, evaluateGlobal, plaintextRound, testParts } from "./evaluation.ts";
import { type DemoReport, demoReportSchema } from "./report.ts";
import { type Absence, runRound } from "./rounds.ts";
import type { Stage } from "./serve/serveDemo.ts";
import type { DemoSetting } from "./setting.ts";
import { accuracyTable, costTable } from "./tables.ts";
import type { StepRecord, View } from "./view.ts";

export type RunOptions = {
	readonly rounds: number;
	readonly prepared: PreparedStudy;
	readonly seed: string;
	readonly port?: number | undefined;
	/** performance.now() at the start of the command. */
	readonly startedAt: number;
};

/** Steps of different rounds and participants under one name. */
const kindOf = (step: string): string =>
	step
		.replace(/ \(\d+ bytes\)| of round \d+| \d+ of \d+| of study \d+/g, "")
		.replace(/^(freeze|fail) round \d+$/, "$1 the round");

const totals = (
	steps: readonly StepRecord[],
	pick: (step: StepRecord) => number | undefined,
): Record<string, number> => {
	const sums: Record<string, number> = {};
	for (const step of steps) {
		const value = pick(step);
		if (value !== undefined) sums[kindOf(step.step)] = (sums[kindOf(step.step)] ?? 0) + value;
	}
	return sums;
};

const sizeOf = async (blocks: string, digest: string): Promise<number> =>
	(await stat(join(blocks, digest.slice(2, 4), digest.slice(2)))).size;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const describeRound = async (
	consortium: DemoConsortium,
	round: RoundRecord,
	steps: readonly StepRecord[],
	rest: Pick<DemoReport["rounds"][number], "seconds" | "absences" | "equalsPlaintext" | "evaluation">,
): Promise<DemoReport["rounds"][number]> => {
	const { blocks } = consortium.stores;
	const sizes = async (digests: readonly string[]) =>
		sum(await Promise.all(digests.map((digest) => sizeOf(blocks, digest))));
	const gas = totals(steps, (step) => (step.gas === undefined ? undefined : Number(step.gas)));
	return {
		roundId: Number(round.roundId),
		phase: round.phase,
		gas,
		gasTotal: sum(Object.values(gas)),
		stepSeconds: totals(steps, (step) => step.seconds),
		bytes: {
			bundles: await sizes(round.updates.map(({ bundleDigest }) => bundleDigest)),
			model: round.finalized === undefined ? 0 : await sizeOf(blocks, round.finalized.modelDigest),
		},
		proofs: {
			training: sum(round.updates.map(({ segments }) => segments.length)),
			encryption: round.updates.length,
			keySum: sum(round.keySums.map(({ proofs }) => proofs.length)),
		},
		confirmations: sum(round.updates.map(({ confirmedBy }) => confirmedBy.length)),
		keySums: round.keySums.length,
		attestations: round.attestations.length,
		...rest,
	};
};

/** In the last round a hospital and a member go missing: the thresholds hold, so the round ends all the same. */
const absenceIn = (round: number, rounds: number, hospitals: number): Absence =>
	round === rounds ? { hospitalVanishes: hospitals - 1, memberSilent: 0 } : {};

const describeAbsence = ({ hospitalVanishes, memberSilent }: Absence): string[] => [
	...(hospitalVanishes === undefined ? [] : [`hospital-${hospitalVanishes + 1} vanished after its submission`]),
	...(memberSilent === undefined ? [] : [`member-${memberSilent + 1} never answered`]),
];

const runRounds = async (options: RunOptions, consortium: DemoConsortium, { view, write }: DemoSetting) => {
	const parts = consortium.testParts ?? testParts(consortium, options.seed);
	const { weightCount } = architectureOf(consortium.study);
	const reports: DemoReport["rounds"] = [];
	const records: RoundRecord[] = [];
	let base: GlobalModel = { weights: consortium.initialWeights, state: [] };
	for (let index = 1; index <= options.rounds; index++) {
		const absence = absenceIn(index, options.rounds, consortium.hospitals.length);
		const before = performance.now();
		const firstStep = view.steps.length;
		view.enterRound(index);
		view.say(`--- round ${index} of ${options.rounds} ---`);
		const round = await runRound(consortium, view, absence);
		const seconds = (performance.now() - before) / 1000;
		await consortium.stores.archive((await readLedger(consortium.coordinator.connection)).ledger);
		if (round.finalized === undefined) {
			throw new DecentraHealthError("ROUND_STUCK", {
				message: `round ${round.roundId} failed: ${round.failure}`,
				nextStep: "Read the steps above; the global model is unchanged.",
			});
		}
		const bytes = await consortium.coordinator.store.get(round.finalized.modelDigest);
		const model = decodeGlobalModel(bytes, weightCount);
		const equalsPlaintext = isDeepStrictEqual(model, plaintextRound(consortium, base, round));
		const evaluation = evaluateGlobal(consortium, model.weights, parts);
		const absences = describeAbsence(absence);
		const rest = { seconds, absences, equalsPlaintext, evaluation };
		const report = await describeRound(consortium, round, view.steps.slice(firstStep), rest);
		reports.push(report);
		const { auc, accuracy } = evaluation.pooled;
		view.say(
			`round ${index} ${round.phase}${absences.length > 0 ? ` although ${absences.join(" and ")}` : ""}; ` +
				`weights ${equalsPlaintext ? "equal the plaintext run bit for bit" : "DIFFER from the plaintext run"}; ` +
				`test AUC ${auc.value?.toFixed(3)}, accuracy ${accuracy.value?.toFixed(3)}`,
		);
		write(`${costTable(report)}\n`);
		records.push(round);
		base = model;
	}
	return { reports, records, parts };
};

const audit = async (consortium: DemoConsortium, view: View) => {
	view.say("--- audit: from block 0 and IPFS alone ---");
	const { rpcUrl, deployment, stores } = consortium;
	const result = await runAudit({
		rpcUrl,
		address: deployment.roundManager,
		ipfs: stores.gatewayUrl,
		onCheck: ({ id, place, status, detail }) => {
			if (status !== "ok") view.say(`${status}: ${id} ${JSON.stringify(place)} ${detail}`);
		},
	});
	const { counts, seconds, clean } = result;
	const { ok, failed, warning: warnings } = counts;
	view.say(`audit: ${ok} checks passed, ${failed} failed, ${warnings} warnings in ${seconds.toFixed(1)} s`);
	return { passed: clean, checks: result.checks.length, failed, warnings, seconds };
};

/** Runs the demo. `stop` ends chain and gateways; until then `stage` is what can be served of it. */
export const runDemo = async (options: RunOptions, setting: DemoSetting) => {
	const startedAt = new Date();
	const { study, circuits, verificationKeys } = options.prepared;
	const { seed, port } = options;
	const { view, write, data, folder, passphrase } = setting;
	const own = { ...circuits, verificationKeys };
	const consortium = await setUpConsortium({ study, data, folder, passphrase, port, circuits: own }, view);
	try {
		const { reports, records, parts } = await runRounds(options, consortium, setting);
		view.say(
			"--- baselines: each hospital alone, all data in one place, federated averaging (TensorFlow.js, float) ---",
		);
		const baselines = await evaluateBaselines(consortium, records, parts);
		const audited = await audit(consortium, view);
		const report: DemoReport = demoReportSchema.parse({
			version: 3,
			study: study.name,
			classes: study.classes,
			data: { description: data.description, heldOut: data.test.length },
			seed,
			startedAt: startedAt.toISOString(),
			seconds: (performance.now() - options.startedAt) / 1000,
			machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.versions.node },
			hospitals: consortium.hospitals.map(({ dataset }, index) => ({
				name: `hospital-${index + 1}`,
				samples: dataset.sampleCount,
				batches: dataset.batchCount,
			})),
			committee: study.committee,
			contracts: consortium.deployment,
			rounds: reports,
			baselines,
			audit: audited,
			peakMemory: Math.ceil(process.resourceUsage().maxRSS / 1024),
			passed: audited.passed && reports.every(({ phase, equalsPlaintext }) => phase === "Finalized" && equalsPlaintext),
		});
		write(`\n${accuracyTable(report)}\n\n`);
		view.say(report.passed ? "every round Finalized, every model as in plaintext, audit clean" : "FAILED: see above");
		const { stores, stop } = consortium;
		const stage: Stage = {
			...consortium,
			folder,
			passphrase,
			blocks: stores.blocks,
			description: data.description,
		};
		return { report, stage, gatewayUrl: stores.gatewayUrl, closeStores: stores.close, stop };
	} catch (error) {
		await consortium.stop();
		throw error;
	} finally {
		await closeProver();
	}
};
