/** Tables of the demo's results, for people. */
import Table from "cli-table3";
import type { Estimate } from "../../worker/core/metrics/estimate.ts";
import type { DemoReport, Evaluation } from "./report.ts";

/** No colours, and no rules between rows. */
const plain = {
	style: { head: [], border: [] },
	chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
};
const fixed = (value: number | null, digits = 3): string => (value === null ? "n/a" : value.toFixed(digits));

const interval = ({ interval }: Estimate): string =>
	interval === null ? "" : ` [${fixed(interval.low)}, ${fixed(interval.high)}]`;

const modelRow = (name: string, { pooled, perHospital, worst }: Evaluation): string[] => {
	const { auc, accuracy, balancedAccuracy, sensitivity, brier, ece } = pooled;
	const [specificity, ofPositives, ...more] = sensitivity;
	const worstAuc = worst === null ? undefined : perHospital[worst]?.auc.value;
	return [
		name,
		`${fixed(auc.value)}${interval(auc)}`,
		fixed(accuracy.value),
		...(more.length > 0
			? [fixed(balancedAccuracy.value)]
			: [fixed(ofPositives?.value ?? null), fixed(specificity?.value ?? null)]),
		fixed(brier.value),
		fixed(ece),
		perHospital.map((metrics) => fixed(metrics.auc.value)).join(" / "),
		worst === null ? "n/a" : `${worst + 1}: ${fixed(worstAuc ?? null)}`,
	];
};

/** Accuracy on the held-out rows, by round, beside the baselines. */
export const accuracyTable = ({
	classes,
	rounds,
	baselines,
}: Pick<DemoReport, "classes" | "rounds" | "baselines">): string => {
	const table = new Table({
		head: [
			"model",
			classes.length > 2 ? "test AUC, mean of one against the rest [95%]" : "test AUC [95%]",
			"accuracy",
			...(classes.length > 2 ? ["balanced accuracy"] : ["sensitivity", "specificity"]),
			"Brier",
			"ECE",
			"AUC per hospital",
			"worst",
		],
		...plain,
	});
	for (const { roundId, evaluation } of rounds) table.push(modelRow(`global, round ${roundId}`, evaluation));
	for (const [index, evaluation] of baselines.federated.entries())
		table.push(modelRow(`float averaging, round ${index + 1}`, evaluation));
	for (const [index, evaluation] of baselines.local.entries())
		table.push(modelRow(`hospital ${index + 1} alone (float)`, evaluation));
	table.push(modelRow("central (float)", baselines.central));
	return table.toString();
};

const thousands = (value: number): string => value.toLocaleString("en-US");

/** Cost of one round. */
export const costTable = (round: DemoReport["rounds"][number]): string => {
	const { gas, stepSeconds, bytes, proofs, confirmations, gasTotal, seconds } = round;
	const table = new Table({ head: ["step", "seconds", "gas"], colAligns: ["left", "right", "right"], ...plain });
	for (const step of new Set([...Object.keys(stepSeconds), ...Object.keys(gas)])) {
		const cost = gas[step];
		table.push([step, fixed(stepSeconds[step] ?? null, 1), cost === undefined ? "" : thousands(cost)]);
	}
	table.push(["whole round", fixed(seconds, 1), thousands(gasTotal)]);
	const made = `proofs: ${proofs.training} of training, ${proofs.encryption} of encryption, ${proofs.keySum} of key sums`;
	const onIpfs = `bytes on IPFS: bundles ${thousands(bytes.bundles)} (${confirmations} copies at members), model ${thousands(bytes.model)}`;
	return `${table.toString()}\n${made}; ${onIpfs}`;
};
