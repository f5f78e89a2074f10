import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { bn254 } from "@noble/curves/bn254.js";
import { network } from "hardhat";
import { type Address, parseAbi } from "viem";
import type { SolidityProof } from "../../worker/core/ledger/state.ts";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { BASE_FIELD_ORDER, parseProof } from "../../worker/protocol/proof.ts";
import { ENCRYPT_UPDATE_SIGNALS, TRAIN_SEGMENT_SIGNALS } from "../../worker/protocol/publicSignals.ts";
import {
	deployBytecode,
	SIMULATED,
	SLOTS,
	simulatedBytecode,
	snarkjsCall,
	updateVerifierAbi,
} from "../support/contracts/simulatedVerifiers.ts";
import { randomRing } from "../support/randomRing.ts";
import { type SimulatedKey, simulatedKey, simulatedPhase1 } from "../support/simulatedGroth16.ts";

const keySumAbi = parseAbi(["function verifyKeySums(uint256[8][] proofs, uint256[] signals) view returns (bool)"]);

type Words<Length extends number> = readonly bigint[] & { readonly length: Length };
type Proven = { readonly proof: SolidityProof; readonly signals: readonly bigint[] };
/** The encryption first, then the segments: the order of the batch. */
type Update = readonly [Proven, ...Proven[]];

const random = randomRing("batch verification");
const KEY_SUM_SIGNALS = 5 + SLOTS;

const proven = (key: SimulatedKey, signals: readonly bigint[]): Proven => ({ proof: key.prove(signals), signals });
const TRAIN_SIGNALS = TRAIN_SEGMENT_SIGNALS.length;
const ENCRYPT_SIGNALS = ENCRYPT_UPDATE_SIGNALS.length;
const elements = (count: number): bigint[] => Array.from({ length: count }, () => random.element());
const provenUpdate = (segments: number): Update => [
	proven(SIMULATED.encrypt, elements(ENCRYPT_SIGNALS)),
	...Array.from({ length: segments }, () => proven(SIMULATED.train, elements(TRAIN_SIGNALS))),
];

const withItem = <Item>(list: readonly Item[], at: number, change: (item: Item) => Item): Item[] =>
	list.map((item, index) => (index === at ? change(item) : item));
const withWord = (proof: SolidityProof, at: number, change: (word: bigint) => bigint): SolidityProof =>
	withItem(proof, at, change) as unknown as SolidityProof;
const changeUpdate = (update: Update, at: number, change: (one: Proven) => Proven): Update =>
	withItem(update, at, change) as unknown as Update;

const { G1, G2, fields } = { ...bn254, fields: bn254.fields };
const { Point: Point1 } = G1;

/** C plus a multiple of the generator. */
const shiftC = (proof: SolidityProof, by: bigint): SolidityProof => {
	const { x, y } = Point1.fromAffine({ x: proof[6], y: proof[7] }).add(Point1.BASE.multiply(by)).toAffine();
	return [...proof.slice(0, 6), x, y] as unknown as SolidityProof;
};

describe("batch verification", async () => {
	const connection = await network.create();
	const client = await connection.viem.getPublicClient();
	let updateVerifier: Address;
	let keySumVerifier: Address;
	let snarkjs: Readonly<Record<"train" | "encrypt", Address>>;
	before(async () => {
		const codes = simulatedBytecode();
		updateVerifier = await deployBytecode(connection, codes.update);
		keySumVerifier = await deployBytecode(connection, codes.keySum);
		snarkjs = {
			train: await deployBytecode(connection, codes.snarkjsTrain),
			encrypt: await deployBytecode(connection, codes.snarkjsEncrypt),
		};
	});

	const accepted = ([encryption, ...segments]: Update): Promise<boolean> =>
		client.readContract({
			address: updateVerifier,
			abi: updateVerifierAbi,
			functionName: "verifyUpdate",
			args: [
				segments.map(({ proof }) => proof),
				segments.map(({ signals }) => signals as unknown as readonly [...Words<9>] as never),
				encryption.proof,
				encryption.signals as never,
			],
		});
	const keySumsAccepted = (proofs: readonly SolidityProof[], signals: readonly bigint[]): Promise<boolean> =>
		client.readContract({
			address: keySumVerifier,
			abi: keySumAbi,
			functionName: "verifyKeySums",
			args: [proofs, signals],
		});
	const snarkjsAccepts = async (address: Address, { proof, signals }: Proven): Promise<boolean> => {
		const { data = "0x" } = await client.call({ to: address, data: snarkjsCall(proof, signals) });
		return BigInt(data) === 1n;
	};

	it("accepts what snarkjs' verifiers accept one by one, from 1 to 48 segments", async () => {
		for (const segments of [1, 2, 4, 5, 12, 48]) {
			const update = provenUpdate(segments);
			const [encryption, ...rest] = update;
			if (segments <= 5) {
				assert.equal(await snarkjsAccepts(snarkjs.encrypt, encryption), true);
				for (const one of rest) assert.equal(await snarkjsAccepts(snarkjs.train, one), true);
			}
			assert.equal(await accepted(update), true, `${segments} segments`);
		}
	});

	it("accepts signals at both ends of the field", async () => {
		for (const signal of [0n, 1n, FIELD_ORDER - 1n]) {
			const signals = Array.from({ length: ENCRYPT_SIGNALS }, () => signal);
			const segment = proven(SIMULATED.train, signals.slice(0, TRAIN_SIGNALS));
			assert.equal(await accepted([proven(SIMULATED.encrypt, signals), segment]), true);
		}
	});

	it("refuses one wrong signal at any position of any proof", async () => {
		const update = provenUpdate(3);
		assert.equal(await accepted(update), true);
		for (const at of update.keys()) {
			for (let signal = 0; signal < (update[at]?.signals.length ?? 0); signal++) {
				const changed = changeUpdate(update, at, (one) => ({
					...one,
					signals: withItem(one.signals, signal, (value) => (value + 1n) % FIELD_ORDER),
				}));
				assert.equal(await accepted(changed), false, `signal ${signal} of proof ${at}`);
			}
		}
	});

	it("refuses a tampered proof at any position, of 4 segments and of 48", async () => {
		const tamperings: readonly ((proof: SolidityProof) => SolidityProof)[] = [
			// -A: the other point with this x.
			(proof) => withWord(proof, 1, (y) => BASE_FIELD_ORDER - y),
			// A false proof of valid points.
			(proof) => shiftC(proof, 1n),
			// A point that is not on the curve.
			(proof) => withWord(proof, 0, (x) => (x + 1n) % BASE_FIELD_ORDER),
			(proof) => withWord(proof, 5, (y) => (y + 1n) % BASE_FIELD_ORDER),
			(proof) => withWord(proof, 7, (y) => (y + 1n) % BASE_FIELD_ORDER),
			// A, B and C of another proof of other signals.
			() => SIMULATED.train.prove(elements(TRAIN_SIGNALS)),
		];
		for (const [segments, positions] of [
			[4, [0, 1, 2, 3, 4]],
			[48, [0, 1, 24, 48]],
		] as const) {
			const update = provenUpdate(segments);
			for (const at of positions) {
				for (const [index, tamper] of tamperings.entries()) {
					const changed = changeUpdate(update, at, (one) => ({ ...one, proof: tamper(one.proof) }));
					assert.equal(await accepted(changed), false, `tampering ${index} of proof ${at} of ${segments}`);
				}
			}
		}
	});

	it("refuses proofs that changed places", async () => {
		const update = provenUpdate(3);
		for (const first of update.keys()) {
			for (const second of update.keys()) {
				if (second <= first) continue;
				const proofs = update.map(({ proof }) => proof);
				[proofs[first], proofs[second]] = [proofs[second] as SolidityProof, proofs[first] as SolidityProof];
				const swapped = update.map(({ signals }, at) => ({ signals, proof: proofs[at] })) as unknown as Update;
				assert.equal(await accepted(swapped), false, `${first} and ${second}`);
			}
		}
		// With their signals, the segments' proofs are as valid as before: their order is the round manager's business.
		const [encryption, first, second, third] = update as unknown as readonly [Proven, Proven, Proven, Proven];
		assert.equal(await accepted([encryption, third, first, second]), true);
	});

	it("refuses wrong proofs whose errors cancel when all coefficients are equal", async () => {
		const update = provenUpdate(3);
		for (const [up, down] of [
			[1, 2],
			[2, 3],
			[1, 3],
		] as const) {
			// The sum of all C, and so the equation with coefficients 1, stays what it was.
			const cancelling = update.map((one, at) =>
				at === up || at === down ? { ...one, proof: shiftC(one.proof, at === up ? 5n : FIELD_ORDER - 5n) } : one,
			) as unknown as Update;
			assert.equal(await accepted(cancelling), false, `${up} and ${down}`);
		}
		// So does the sum of the signals.
		const signals = [...update] as Proven[];
		for (const [at, by] of [
			[1, 1n],
			[2, FIELD_ORDER - 1n],
		] as const) {
			signals[at] = {
				...(signals[at] as Proven),
				signals: withItem((signals[at] as Proven).signals, 0, (value) => (value + by) % FIELD_ORDER),
			};
		}
		assert.equal(await accepted(signals as unknown as Update), false);
	});

	it("takes new coefficients when anything in the batch changes", async () => {
		// Errors that cancel under the coefficients of one batch would have to do so under those of another.
		const update = provenUpdate(2);
		const [encryption, first, second] = update as unknown as readonly [Proven, Proven, Proven];
		const shifted = (a: bigint, b: bigint): Update => [
			encryption,
			{ ...first, proof: shiftC(first.proof, a) },
			{ ...second, proof: shiftC(second.proof, FIELD_ORDER - b) },
		];
		for (const [a, b] of [
			[1n, 1n],
			[1n, 2n],
			[2n, 1n],
			[7n, 3n],
		] as const) {
			assert.equal(await accepted(shifted(a, b)), false);
		}
	});

	it("refuses words that are no canonical coordinates, as auditors do", async () => {
		const update = provenUpdate(2);
		for (const at of update.keys()) {
			for (let word = 0; word < 8; word++) {
				for (const change of [(old: bigint) => old + BASE_FIELD_ORDER, () => BASE_FIELD_ORDER, () => 2n ** 256n - 1n]) {
					const changed = changeUpdate(update, at, (one) => ({ ...one, proof: withWord(one.proof, word, change) }));
					assert.throws(() => parseProof((changed[at] as Proven).proof), { code: "PROOF_INVALID" });
					assert.equal(await accepted(changed), false, `word ${word} of proof ${at}`);
				}
			}
		}
	});

	it("refuses the point at infinity, though a proof with it may satisfy the equation", async () => {
		const update = provenUpdate(2);
		for (const at of update.keys()) {
			for (const words of [
				[0, 1],
				[2, 3, 4, 5],
				[6, 7],
			]) {
				const changed = changeUpdate(update, at, (one) => ({
					...one,
					proof: one.proof.map((word, index) => (words.includes(index) ? 0n : word)) as unknown as SolidityProof,
				}));
				assert.equal(await accepted(changed), false, `words ${words} of proof ${at}`);
			}
		}
		// A proof whose C is the point at infinity: snarkjs' verifier takes it.
		const signals = elements(TRAIN_SIGNALS);
		const infinite = SIMULATED.train.proveWithoutC(signals);
		assert.equal(await snarkjsAccepts(snarkjs.train, { proof: infinite, signals }), true);
		assert.equal(await accepted([update[0], { proof: infinite, signals }]), false);
	});

	it("refuses a point of G2's curve outside its subgroup", async () => {
		const { Fp2 } = fields;
		const curveB = G2.Point.CURVE().b;
		let outside: SolidityProof | undefined;
		const update = provenUpdate(1);
		for (let c0 = 1n; outside === undefined; c0++) {
			const x = { c0, c1: 0n };
			const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), curveB);
			let y: typeof x;
			try {
				y = Fp2.sqrt(square);
			} catch {
				continue;
			}
			const proof = [
				...(update[1]?.proof.slice(0, 2) ?? []),
				x.c1,
				x.c0,
				y.c1,
				y.c0,
				...(update[1]?.proof.slice(6) ?? []),
			];
			assert.throws(() => G2.Point.fromAffine({ x, y }).assertValidity(), /subgroup|torsion/i);
			outside = proof as unknown as SolidityProof;
		}
		const tampered = outside;
		for (const at of [0, 1]) {
			assert.equal(await accepted(changeUpdate(update, at, (one) => ({ ...one, proof: tampered }))), false);
		}
	});

	it("refuses signals that are not below the field order", async () => {
		const update = provenUpdate(2);
		for (const at of update.keys()) {
			for (let signal = 0; signal < (update[at]?.signals.length ?? 0); signal++) {
				const changed = changeUpdate(update, at, (one) => ({
					...one,
					signals: withItem(one.signals, signal, (value) => value + FIELD_ORDER),
				}));
				assert.equal(await accepted(changed), false, `signal ${signal} of proof ${at}`);
			}
		}
	});

	it("refuses proofs under the other key, and under keys of others", async () => {
		const [encryption, segment] = provenUpdate(1) as unknown as readonly [Proven, Proven];
		const foreign = (label: string, count: number) => [
			simulatedPhase1("contracts").key(label, count),
			simulatedKey("another setup", count),
		];
		for (const key of foreign("another", ENCRYPT_SIGNALS)) {
			assert.equal(await accepted([proven(key, elements(ENCRYPT_SIGNALS)), segment]), false);
		}
		for (const key of foreign("another segment's", TRAIN_SIGNALS)) {
			assert.equal(await accepted([encryption, proven(key, elements(TRAIN_SIGNALS))]), false);
		}
		// A proof under the study's other key, with its own statement cut or filled up to as many signals.
		assert.equal(await accepted([{ ...segment, signals: [...segment.signals, 0n] }, segment]), false);
		const cut = { ...encryption, signals: encryption.signals.slice(0, TRAIN_SIGNALS) };
		assert.equal(await accepted([encryption, cut]), false);
	});

	it("refuses an update without segments, and other numbers of signals than proofs", async () => {
		const [encryption, first, second] = provenUpdate(2) as unknown as readonly [Proven, Proven, Proven];
		assert.equal(await accepted([encryption]), false);
		for (const [proofs, signals] of [
			[[first.proof], [first.signals, second.signals]],
			[[first.proof, second.proof], [first.signals]],
		] as const) {
			const args = [proofs, signals, encryption.proof, encryption.signals] as never;
			assert.equal(
				await client.readContract({
					address: updateVerifier,
					abi: updateVerifierAbi,
					functionName: "verifyUpdate",
					args,
				}),
				false,
			);
		}
	});

	it("verifies key sums alike: 1 to 4 proofs, any wrong signal, proof or length refused", async () => {
		for (const count of [1, 2, 4]) {
			const all = Array.from({ length: count }, () => proven(SIMULATED.keySum, elements(KEY_SUM_SIGNALS)));
			const proofs = all.map(({ proof }) => proof);
			const signals = all.flatMap((one) => one.signals);
			assert.equal(await keySumsAccepted(proofs, signals), true);
			for (const at of signals.keys()) {
				const changed = withItem(signals, at, (value) => (value + 1n) % FIELD_ORDER);
				assert.equal(await keySumsAccepted(proofs, changed), false, `signal ${at} of ${count} proofs`);
				const large = withItem(signals, at, (value) => value + FIELD_ORDER);
				assert.equal(await keySumsAccepted(proofs, large), false, `large signal ${at} of ${count} proofs`);
			}
			for (const at of proofs.keys()) {
				for (const tamper of [
					(proof: SolidityProof) => shiftC(proof, 1n),
					(proof: SolidityProof) => withWord(proof, 1, (y) => BASE_FIELD_ORDER - y),
					(proof: SolidityProof) => withWord(proof, 1, (y) => y + BASE_FIELD_ORDER),
					(proof: SolidityProof) =>
						withWord(
							withWord(proof, 6, () => 0n),
							7,
							() => 0n,
						),
				]) {
					assert.equal(await keySumsAccepted(withItem(proofs, at, tamper), signals), false, `proof ${at} of ${count}`);
				}
			}
			assert.equal(await keySumsAccepted(proofs, signals.slice(1)), false);
			assert.equal(await keySumsAccepted(proofs, [...signals, 0n]), false);
			assert.equal(await keySumsAccepted(proofs.slice(1), signals), false);
		}
		assert.equal(await keySumsAccepted([], []), false);
		const [first, second] = [0, 1].map(() => proven(SIMULATED.keySum, elements(KEY_SUM_SIGNALS))) as [Proven, Proven];
		const cancelling = [shiftC(first.proof, 5n), shiftC(second.proof, FIELD_ORDER - 5n)];
		assert.equal(await keySumsAccepted(cancelling, [...first.signals, ...second.signals]), false);
	});
});
