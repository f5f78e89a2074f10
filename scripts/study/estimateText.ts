/** An estimate as people read it. */
import Table from "cli-table3";
import type { StudyEstimate } from "../../worker/core/estimate/estimateStudy.ts";

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
const seconds = (value: number): string => (value < 120 ? `${value.toFixed(1)} s` : `${(value / 60).toFixed(1)} min`);
const bytes = (value: number): string =>
	value < 10_000 ? `${number(value)} B` : value < 10e6 ? `${(value / 1e3).toFixed(1)} kB` : `${number(value / 1e6)} MB`;
const gibibytes = (value: number): string => `${(value / 2 ** 30).toFixed(1)} GiB`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
	const made = new Table({
		head: [...head],
		style: { head: [], border: [] },
		colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
	});
	made.push(...rows.map((row) => [...row]));
	return made.toString();
};

export const estimateText = (estimate: StudyEstimate): string => {
	const { circuits, proofs, gas, segments, hospitals, samples, speed } = estimate;
	const circuitRows = Object.values(circuits).map((circuit) => [
		circuit.kind,
		number(circuit.constraints),
		`2^${circuit.domainPower}`,
		bytes(circuit.keyBytes),
		gibibytes(circuit.memoryBytes),
		seconds(circuit.provingSeconds),
	]);
	return [
		`${estimate.study}: ${number(estimate.weightCount)} weights, ${number(estimate.constraintsPerSampleStep)} constraints a sample-step`,
		table(["circuit", "constraints", "domain", "key", "memory", "proof here"], circuitRows),
		`A round of ${hospitals} hospitals with ${number(samples)} training samples each (${segments} segments):`,
		table(
			["", "a hospital", "a member", "all"],
			[
				["proofs", number(proofs.hospital), number(proofs.member), number(proofs.round)],
				[
					"proving here",
					seconds(estimate.seconds.hospital),
					seconds(estimate.seconds.member),
					seconds(estimate.seconds.round),
				],
				["gas", number(gas.submission), number(gas.keySum), number(gas.round)],
				["bytes on IPFS", bytes(estimate.bytes.bundle), "0 B", bytes(estimate.bytes.round)],
			],
		),
		`Proving times: ${speed.source}.`,
	].join("\n");
};
