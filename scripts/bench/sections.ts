/** The benchmarks: each compares with a named reference in the same run. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { curves, groth16, type MemoryFile, powersOfTau, zKey } from "snarkjs";
import { createCkks } from "../../worker/adapters/ckks.ts";
import { loadStudyCircuits } from "../../worker/adapters/prover/studyCircuits.ts";
import { loadCircuit, prove, verifyProof } from "../../worker/adapters/prover.ts";
import { trainFloat } from "../../worker/adapters/tensorflow.ts";
import { aggregateRound } from "../../worker/core/aggregation/aggregateRound.ts";
import { plainSumAndDecrypt } from "../../worker/core/aggregation/sumAndDecrypt.ts";
import { trainRound } from "../../worker/core/training/trainRound.ts";
import { standardProfile } from "../../worker/protocol/profiles.ts";
import { architectureOf, learningRateInteger, type Study } from "../../worker/protocol/study.ts";
import { compileCircom } from "../circuits/circom.ts";
import { compareProvers, type ProverTimes } from "../circuits/compareProvers.ts";
import { CIRCUIT_CACHE } from "../circuits/compile.ts";
import { readR1cs } from "../circuits/r1cs.ts";
import { developmentSetup } from "../circuits/setup/developmentSetup.ts";
import { circuitSizes } from "../circuits/snapshot.ts";
import { aggregationCase, encryptionCase, keySumCase, segmentCases, trainingCase } from "./cases.ts";
import { measure, type Timing } from "./measure.ts";

export type Row = {
	readonly what: string;
	readonly ours: string;
	readonly reference: string;
	/** Reference divided by ours: above 1, ours is better. */
	readonly ratio: number | null;
};
export type Section = { readonly title: string; readonly rows: readonly Row[] };

const seconds = ({ seconds: wall, least, most, cpuSeconds }: Timing): string =>
	`${wall.toFixed(2)} s (${least.toFixed(2)} to ${most.toFixed(2)}), ${cpuSeconds.toFixed(1)} CPU-s`;
const milliseconds = ({ seconds: wall, least, most }: Timing): string =>
	`${(wall * 1000).toFixed(1)} ms (${(least * 1000).toFixed(1)} to ${(most * 1000).toFixed(1)})`;

/** Constraints: the deployed circuits, and the ReLU against the textbook one of circomlib's parts. */
export const constraints = async (study: Study): Promise<Section> => {
	const sizes = await circuitSizes();
	const compileMain = (name: string, source: string) =>
		compileCircom({ name, source, optimization: "O1", cache: join(CIRCUIT_CACHE, "bench") });
	const ours = await compileMain(
		"TruncReLU",
		'pragma circom 2.2.0;\ninclude "circuits/lib/fixed/TruncReLU.circom";\ncomponent main = TruncReLU(16, 12);\n',
	);
	// Sign of a field element by a full decomposition, as published ReLU circuits do; it does not even truncate.
	const naive = await compileMain(
		"NaiveReLU",
		'pragma circom 2.2.0;\ninclude "circomlib/circuits/bitify.circom";\ninclude "circomlib/circuits/sign.circom";\n' +
			"template NaiveReLU() { signal input in; signal output out; component bits = Num2Bits_strict(); bits.in <== in; component sign = Sign(); " +
			"for (var i = 0; i < 254; i++) sign.in[i] <== bits.out[i]; out <== in * (1 - sign.sign); }\ncomponent main = NaiveReLU();\n",
	);
	const [few, many] = [readR1cs(ours.r1cs).constraints, readR1cs(naive.r1cs).constraints];
	const budgets: Readonly<Record<string, number>> = { TrainSegment: 131_072, EncryptUpdate: 110_000 };
	const rows = Object.entries(sizes).map(([name, { constraints: count, domainPower }]): Row => {
		const budget = Object.entries(budgets).find(([prefix]) => name.startsWith(prefix))?.[1] ?? 131_072;
		const perStep = name.startsWith("TrainSegment")
			? `, ${Math.round(count.total / (study.batchSize * study.stepsPerSegment))} a sample-step (budget 3000)`
			: "";
		return {
			what: `${name}: constraints, linear ones counted`,
			ours: `${count.total} in a domain of 2^${domainPower}${perStep}`,
			reference: `budget ${budget}`,
			ratio: budget / count.total,
		};
	});
	rows.push({
		what: "ReLU (ours also truncates)",
		ours: `${few}`,
		reference: `circomlib sign test: ${many}`,
		ratio: many / few,
	});
	return { title: "Constraints", rows };
};

/** The development setup against snarkjs' own phase 2 from given powers of tau, on the same small circuit. */
export const setup = async (): Promise<Section> => {
	const power = 10;
	const source =
		'pragma circom 2.2.0;\ninclude "circuits/lib/hash/Sponge.circom";\ncomponent main = Sponge(1, 16, 1);\n';
	const { r1cs } = await compileCircom({
		name: "Sponge",
		source,
		optimization: "O2",
		cache: join(CIRCUIT_CACHE, "bench"),
	});
	const curve = await curves.getCurveFromName("bn128");
	const files: MemoryFile[] = [{ type: "mem" }, { type: "mem" }, { type: "mem" }, { type: "mem" }];
	const [fresh, contributed, prepared, key] = files as [MemoryFile, MemoryFile, MemoryFile, MemoryFile];
	await powersOfTau.newAccumulator(curve, power, fresh);
	await powersOfTau.beacon(fresh, contributed, "bench", "c0ffee", 10);
	const phase1 = await measure(() => powersOfTau.preparePhase2(contributed, prepared), { runs: 1, warmUps: 0 });
	const circuit = await readFile(r1cs);
	const theirs = await measure(() => zKey.newZKey({ type: "mem", data: circuit }, prepared, key), {
		runs: 1,
		warmUps: 0,
	});
	const folder = await mkdtemp(join(tmpdir(), "setup-"));
	let run = 0;
	const ours = await measure(() => developmentSetup({ r1cs, zkey: join(folder, `${run++}.zkey`) }), {
		runs: 3,
		warmUps: 0,
	});
	await rm(folder, { recursive: true });
	const both = phase1.seconds + theirs.seconds;
	return {
		title: "Proving-key setup (development only)",
		rows: [
			{
				what: `${readR1cs(r1cs).constraints} constraints, one Poseidon permutation of width 17`,
				ours: seconds(ours),
				reference: `snarkjs prepare phase 2 and zkey new: ${both.toFixed(2)} s`,
				ratio: both / ours.seconds,
			},
		],
	};
};

export const proving = async (study: Study): Promise<Section> => {
	const { dataset, weights, input } = await trainingCase(study);
	const cases = [
		["TrainSegmentWdbc", input],
		["EncryptUpdateWdbc", encryptionCase(study, weights, dataset.sampleCount)],
		["KeySumWdbc", keySumCase(study, weights, 3)],
	] as const;
	const rows: Row[] = [];
	for (const [name, statement] of cases) {
		const circuit = await loadCircuit(CIRCUIT_CACHE, name);
		const proven = await prove(circuit, statement);
		const ours = await measure(() => prove(circuit, statement), { warmUps: 0 });
		const { wasm, provingKey } = circuit;
		const theirs = await measure(() => groth16.fullProve(statement, wasm, provingKey), { warmUps: 0 });
		rows.push({
			what: `${name}: witness, proof and a check of the proof`,
			ours: seconds(ours),
			reference: `snarkjs groth16 fullProve, unchecked: ${seconds(theirs)}`,
			ratio: theirs.seconds / ours.seconds,
		});
		const verified = await measure(() => verifyProof(circuit.verificationKey, proven.publicSignals, proven.proof));
		rows.push({ what: `${name}: verify`, ours: milliseconds(verified), reference: "", ratio: null });
	}
	return { title: "Proofs", rows };
};

/** Several proofs of a hospital's round, by the worker's pipeline and by a loop of snarkjs' own command. */
export const pipelines = async (studies: readonly Study[]): Promise<Section> => {
	const told = ({ seconds: wall, cpuSeconds, peakMemory }: ProverTimes): string =>
		`${wall.toFixed(1)} s, ${cpuSeconds.toFixed(1)} CPU-s, ${(peakMemory / 2 ** 30).toFixed(1)} GiB`;
	const rows: Row[] = [];
	for (const study of studies) {
		const { train } = await loadStudyCircuits(CIRCUIT_CACHE, study);
		const inputs = segmentCases(study, 3);
		const { pipeline, fullProve } = await compareProvers(train, inputs);
		rows.push({
			what: `${study.name}: ${inputs.length} training proofs`,
			ours: `witnesses and proofs overlapping, each checked: ${told(pipeline)}`,
			reference: `snarkjs groth16 fullprove in a loop, unchecked: ${told(fullProve)}`,
			ratio: fullProve.seconds / pipeline.seconds,
		});
	}
	return { title: "Proofs of a round", rows };
};

export const aggregation = async (study: Study): Promise<Section> => {
	const { weights } = await trainingCase(study);
	const ckks = await createCkks(standardProfile);
	const rows: Row[] = [];
	try {
		for (const hospitals of [3, 8, 64]) {
			const { updates, keySums } = aggregationCase(study, weights, hospitals);
			const { weightCount } = architectureOf(study);
			const { threshold, members: memberCount } = study.committee;
			const run = (decrypt: typeof ckks.sumAndDecrypt) => () =>
				aggregateRound({ profile: standardProfile, weightCount, updates, keySums, threshold, memberCount, decrypt });
			const ours = await measure(run(ckks.sumAndDecrypt), { runs: 9 });
			const plain = await measure(run(plainSumAndDecrypt(standardProfile)), { runs: 9 });
			rows.push({
				what: `open the key sum, add and decrypt ${hospitals} updates`,
				ours: `SEAL: ${milliseconds(ours)}`,
				reference: `plain modular arithmetic: ${milliseconds(plain)}`,
				ratio: plain.seconds / ours.seconds,
			});
		}
	} finally {
		ckks.close();
	}
	return { title: "Aggregation", rows };
};

export const training = async (study: Study): Promise<Section> => {
	const { dataset, weights } = await trainingCase(study);
	const { batches } = dataset;
	const epochs = 20;
	const learningRate = learningRateInteger(study.learningRate);
	const ours = await measure(() => trainRound({ study, weights, batches, beacon: 0, learningRate, epochs }));
	let backend = "";
	const theirs = await measure(async () => {
		const model = await trainFloat({
			study,
			initialWeights: weights,
			batches,
			epochs,
			learningRate: study.learningRate,
		});
		backend = model.backend;
		model.dispose();
	});
	const rate = ({ seconds: wall }: Timing) => `${Math.round((epochs * batches.length) / wall)} steps/s`;
	return {
		title: "Training (plaintext)",
		rows: [
			{
				what: `${epochs * batches.length} steps of batch ${study.batchSize}`,
				ours: `fixed point, the proven arithmetic: ${rate(ours)}`,
				reference: `TensorFlow.js float32 (${backend}): ${rate(theirs)}`,
				ratio: theirs.seconds / ours.seconds,
			},
		],
	};
};
