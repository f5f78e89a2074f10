/** Witnesses in which a dishonest hospital recomputed everything that follows from its lie: one check each stands in the way. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { evaluateBundle } from "../../../worker/core/encryption/evaluateBundle.ts";
import { publicKeyOf } from "../../../worker/protocol/babyJubJub.ts";
import { committeeKeysDigest } from "../../../worker/protocol/committeeKeysDigest.ts";
import { Fr } from "../../../worker/protocol/field.ts";
import { dishonestProver, type Edits } from "../../support/circuits/dishonestProver.ts";
import {
	encryptionCase,
	encryptionCircuitOptions,
	smallInstance,
	smallProfile,
} from "../../support/encryptionInstance.ts";

const { input, proven, public: bundle, outputs } = encryptionCase(smallInstance, "dishonest");

const prover = async (edits: Edits = {}) => dishonestProver(await encryptionCircuitOptions(smallInstance), edits);

describe("a dishonest hospital", () => {
	// Compiled and loaded once, whoever asks first.
	let withoutEdits: ReturnType<typeof prover> | undefined;
	const plainProver = () => {
		withoutEdits ??= prover();
		return withoutEdits;
	};

	it("is an honest one when it tells no lie", async () => {
		const liar = await plainProver();
		const witness = await liar.witness(input);
		assert.deepEqual(liar.violations(witness), []);
		assert.equal(liar.circuit.value(witness, "gamma"), outputs.gamma);
	});

	it("cannot use coefficients, errors, quotients or weights one off their range", async () => {
		const liar = await plainProver();
		for (const [name, bits] of [
			["s", 7n],
			["e", 7n],
			["r", 11n],
			["w", 20n],
		] as const) {
			for (const value of [1n << (bits - 1n), -(1n << (bits - 1n)) - 1n, 1n << 250n]) {
				const lie = { ...input, [name]: input[name].with(3, value) };
				const violations = liar.violations(await liar.witness(lie));
				// Another w also contradicts the commitment.
				const inRange = violations.filter((signals) => signals.some((signal) => signal.includes("check[3].low")));
				assert.equal(inRange.length, 1, `${name}[3] = ${value}`);
				assert.equal(violations.length, name === "w" ? 2 : 1);
			}
		}
	});

	it("cannot pass any ciphertext it likes off as c with a quotient that wraps around the field", async () => {
		const liar = await plainProver();
		// c_0 + 1 = ... - q r_0' has a solution r_0' in the field, though none in the integers.
		const wrapped = Fr.sub(Fr.create(input.r[0] as bigint), Fr.inv(smallProfile.modulus));
		const witness = await liar.witness({ ...input, r: input.r.with(0, wrapped) });
		const gamma = liar.circuit.value(witness, "gamma");
		const forged = { ...bundle, ciphertext: bundle.ciphertext.with(0, (bundle.ciphertext[0] as bigint) + 1n) };
		const { y, y2 } = evaluateBundle(forged, gamma);
		// The forged bundle fits the proof's outputs: the range of r alone stands in the way.
		assert.deepEqual([liar.circuit.value(witness, "y"), liar.circuit.value(witness, "y2")], [y, y2]);
		const violations = liar.violations(witness);
		assert.equal(violations.length, 1);
		assert.ok(violations[0]?.some((signal) => signal.includes("check[0].low")));
	});

	it("cannot encrypt other weights than it committed to", async () => {
		const liar = await plainProver();
		const weights = input.w.with(1, (input.w[1] as bigint) ^ 1n);
		const violations = liar.violations(await liar.witness({ ...input, w: weights }));
		assert.deepEqual(violations, [["main.commitment", "main.weightsCommitment"]]);
	});

	it("cannot share its key among other members", async () => {
		const liar = await plainProver();
		const keys = proven.committeeKeys.with(2, publicKeyOf(99n));
		const memberKeys = keys.map(({ x, y }) => [x, y]);
		const violations = liar.violations(await liar.witness({ ...input, memberKeys }));
		assert.deepEqual(violations, [["main.committeeKeysDigest", "main.keysDigest"]]);
		// With the digest of those keys it is a true statement, about a committee that the contract does not know.
		const honest = await liar.witness({ ...input, memberKeys, committeeKeysDigest: committeeKeysDigest(keys) });
		assert.deepEqual(liar.violations(honest), []);
	});

	it("cannot tell any of its own lies: each meets its own constraints, and no others", async () => {
		// All at once, because every circuit takes seconds to compile: everything else follows consistently from each lie.
		const liar = await prover({
			"circuits/encryption/CiphertextEvaluation.circom": [
				["weighted[j] <== sampleCount * w[j];", "weighted[j] <== (sampleCount + 1) * w[j];"],
			],
			"circuits/encryption/EncryptUpdateOver.circom": [
				["<== shareCoefficients[k][d];", "<== 0 * shareCoefficients[k][d];"],
				["challenge.in[length - 1] <== rho;", "challenge.in[length - 1] <== 0 * rho;"],
				["gamma <== challenge.out[0];", "gamma <== challenge.out[0] + 1;"],
			],
			"circuits/encryption/SharesEvaluation.circom": [
				[
					"shares[j].coefficients <== coefficients;",
					"for (var k = 0; k < count; k++) shares[j].coefficients[k][0] <== coefficients[k][0] + (j == 1 ? 1 : 0);",
				],
				["pads[j].context <== context;", "pads[j].context <== context + (j == 0 ? 1 : 0);"],
				["shares[j].share[k] + pads[j].pad[k];", "shares[j].share[k] + pads[j].pad[k] + (j == 2 && k == 0 ? 1 : 0);"],
				["<== ephemeral[0];", "<== -ephemeral[0];"],
				[
					"commitments[j].shares <== shares[j].share;",
					"for (var k = 0; k < count; k++) commitments[j].shares[k] <== shares[j].share[k] + (j == 0 && k == 1 ? 1 : 0);",
				],
				["commitments[j].blind <== pads[j].blind;", "commitments[j].blind <== pads[j].blind + (j == 1 ? 1 : 0);"],
				["+ 2 + j] <== commitments[j].digest;", "+ 2 + j] <== commitments[j].digest + (j == 2 ? 1 : 0);"],
				["digest.context <== context;", "digest.context <== context + 1;"],
				[
					"digest.commitments[j] <== commitments[j].digest;",
					"digest.commitments[j] <== commitments[j == 2 ? 0 : j].digest;",
				],
				["shareDigest <== digest.digest;", "shareDigest <== digest.digest + 1;"],
			],
			"circuits/lib/shamir/PackKey.circom": [["out[k] <== packed;", "out[k] <== packed + (k == 0 ? 1 : 0);"]],
		});
		const violations = liar.violations(await liar.witness(input)).map((signals) => signals.join(" "));
		const lies: Readonly<Record<string, { readonly at: RegExp; readonly constraints: number }>> = {
			"another sample count": { at: /weighted\[\d\]/, constraints: 5 },
			"sharing polynomials chosen after the challenge": {
				at: /challenge\.in\[\d+\] main\.shareCoefficients/,
				constraints: 4,
			},
			"rho chosen after the challenge": { at: /challenge\.in\[\d+\] main\.rho/, constraints: 1 },
			"another challenge": { at: /main\.challenge\.out\[0\] main\.gamma/, constraints: 1 },
			"shares on another polynomial for member 2": { at: /shares\[1\]\.coefficients/, constraints: 4 },
			"pads of another context for member 1": { at: /pads\[0\]\.context/, constraints: 1 },
			"a pad that member 3 cannot derive": { at: /pads\[2\]\.pad\[0\]/, constraints: 1 },
			"an R of another scalar": { at: /ephemeral\[0\]/, constraints: 1 },
			"a commitment to other shares for member 1": { at: /commitments\[0\]\.shares\[1\]/, constraints: 1 },
			"a blind that member 2 cannot derive": { at: /commitments\[1\]\.blind/, constraints: 1 },
			"another commitment in the bundle for member 3": {
				at: /commitments\[2\]\.digest.*horner\.coefficients/,
				constraints: 1,
			},
			"another commitment in the digest for member 3": {
				at: /commitments\[2\]\.digest.*digest\.commitments\[2\]/,
				constraints: 1,
			},
			"a digest for another update": { at: /shares\.context main\.shares\.digest\.context/, constraints: 1 },
			"another digest": { at: /shares\.digest\.digest main\.shares\.shareDigest/, constraints: 1 },
			"another key shared than encrypted with": { at: /PackKey.*\.out\[0\]/, constraints: 1 },
		};
		const caught = Object.entries(lies).map(([lie, { at }]) => [lie, violations.filter((row) => at.test(row)).length]);
		const expected = Object.entries(lies).map(([lie, { constraints }]) => [lie, constraints]);
		assert.deepEqual(caught, expected, violations.join("\n"));
		assert.equal(
			violations.length,
			Object.values(lies).reduce((sum, { constraints }) => sum + constraints, 0),
			violations.join("\n"),
		);
	});
});
