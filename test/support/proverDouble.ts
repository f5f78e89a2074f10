/**
 * Stands in for the prover where no proof is looked at: its proofs are made-up words for the contracts' verifier doubles, its outputs gamma, y
 * and y2 are those of the circuit, so bundles are held against them as in earnest.
 */
import type { CircuitFiles, ProvenStatement, prove } from "../../worker/adapters/prover.ts";
import { encryptionChallenge } from "../../worker/core/encryption/challenge.ts";
import type { encryptionCircuitInput } from "../../worker/core/encryption/circuitInput.ts";
import { evaluateBundle } from "../../worker/core/encryption/evaluateBundle.ts";
import { ephemeralScalar, sharePads } from "../../worker/core/encryption/pads.ts";
import { memberShares, packKey } from "../../worker/core/encryption/shares.ts";
import { integerNegacyclicProduct } from "../../worker/core/ring/product.ts";
import { centredPublicPolynomial } from "../../worker/core/ring/publicPolynomial.ts";
import { BASE_POINT, multiplyPoint } from "../../worker/protocol/babyJubJub.ts";
import { Fr } from "../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../worker/protocol/profiles.ts";
import { digest, fakeProof } from "./contracts/deploy.ts";

type EncryptionInput = ReturnType<typeof encryptionCircuitInput>;

/** gamma, y, y2 of a full-size encryption, from the circuit's input alone. */
const encryptionOutputs = (input: EncryptionInput): readonly bigint[] => {
	const secret = input.s.map(Number);
	const shareCoefficients = input.shareCoefficients.map((row) => [...row]);
	const secrets = {
		secret,
		error: input.e.map(Number),
		quotient: input.r.map(Number),
		shareCoefficients,
		rho: input.rho,
	};
	const gamma = encryptionChallenge({ ...input, sampleCount: Number(input.sampleCount) }, secrets, profile);
	const scale = input.sampleCount << BigInt(profile.deltaBits);
	const ciphertext = integerNegacyclicProduct(centredPublicPolynomial(profile), secret).map(
		(value, index) =>
			(input.e[index] as bigint) +
			scale * (input.w[index] ?? 0n) -
			value -
			profile.modulus * (input.r[index] as bigint),
	);
	const scalar = ephemeralScalar(input.rho);
	const packed = packKey(secret, profile);
	const encryptedShares = input.memberKeys.map(([x = 0n, y = 0n], index) => {
		const member = index + 1;
		const pads = sharePads({
			scalar,
			point: { x, y },
			member,
			context: input.context,
			count: profile.keyElements,
		});
		return memberShares(packed, shareCoefficients, member).map((share, k) => Fr.add(share, pads[k] as bigint));
	});
	const { y, y2 } = evaluateBundle(
		{ ciphertext, encryptedShares, ephemeralKey: multiplyPoint(BASE_POINT, scalar) },
		gamma,
	);
	return [gamma, y, y2];
};

const circuit = (name: string, key: string): CircuitFiles => ({
	name,
	wasm: "",
	provingKey: "",
	verificationKey: {} as CircuitFiles["verificationKey"],
	verificationKeyFile: "",
	vkHash: digest(key),
	developmentOnly: true,
});

/** The circuits of the verifier doubles in test/support/contracts/deploy.ts. */
export const CIRCUIT_DOUBLES = {
	train: circuit("TrainSegmentDouble", "train key"),
	encrypt: circuit("EncryptUpdateDouble", "encrypt key"),
} as const;

/** Counts the proofs per circuit. */
export const proverDouble = () => {
	const made: string[] = [];
	const proveIt: typeof prove = async ({ name }, input): Promise<ProvenStatement> => {
		made.push(name);
		const publicSignals =
			name === CIRCUIT_DOUBLES.encrypt.name ? encryptionOutputs(input as unknown as EncryptionInput) : [];
		return { proof: fakeProof(made.length), publicSignals };
	};
	return { prove: proveIt, made };
};
