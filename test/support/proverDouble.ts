/**
 * Stands in for the prover where no circuit is compiled: its proofs are simulated with a known trapdoor, so that whoever verifies them under
 * the keys below accepts them, and its outputs are those of the circuits, so that bundles and key sums are held against them as in earnest.
 */
import type { Hex } from "viem";
import type { CircuitFiles, ProvenStatement, prove } from "../../worker/adapters/prover.ts";
import { encodeVerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import { encryptionChallenge } from "../../worker/core/encryption/challenge.ts";
import type { encryptionCircuitInput } from "../../worker/core/encryption/circuitInput.ts";
import { evaluateBundle } from "../../worker/core/encryption/evaluateBundle.ts";
import { ephemeralScalar, sharePads } from "../../worker/core/encryption/pads.ts";
import { shareCommitment, shareDigest } from "../../worker/core/encryption/shareCommitments.ts";
import { memberShares, packKey } from "../../worker/core/encryption/shares.ts";
import type { keySumCircuitInputs } from "../../worker/core/keySum/circuitInputs.ts";
import { integerNegacyclicProduct } from "../../worker/core/ring/product.ts";
import { centredPublicPolynomial } from "../../worker/core/ring/publicPolynomial.ts";
import type { SegmentInput } from "../../worker/core/training/segmentInput.ts";
import { BASE_POINT, multiplyPoint } from "../../worker/protocol/babyJubJub.ts";
import { contentDigest } from "../../worker/protocol/contentDigest.ts";
import { evaluatePolynomial, Fr } from "../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../worker/protocol/profiles.ts";
import {
	ENCRYPT_UPDATE_SIGNALS,
	encryptUpdateSignals,
	keySumSignalCount,
	keySumSignals,
	TRAIN_SEGMENT_SIGNALS,
	trainSegmentSignals,
} from "../../worker/protocol/publicSignals.ts";
import { type SimulatedKey, simulatedPhase1 } from "./simulatedGroth16.ts";
import { loadStudy } from "./wdbc.ts";

type EncryptionInput = ReturnType<typeof encryptionCircuitInput>;
type KeySumInput = ReturnType<typeof keySumCircuitInputs>[number]["input"];

/** Of a full-size encryption, from the circuit's input alone. */
const encryptionSignals = (input: EncryptionInput): readonly bigint[] => {
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
	const product = integerNegacyclicProduct(centredPublicPolynomial(profile), secret);
	const ciphertext = input.w.map(
		(weight, index) =>
			(input.e[index] as bigint) +
			scale * weight -
			(product[index] as bigint) -
			profile.modulus * (input.r[index] as bigint),
	);
	const scalar = ephemeralScalar(input.rho);
	const packed = packKey(secret, profile);
	const { context } = input;
	const dealt = input.memberKeys.map(([x = 0n, y = 0n], index) => {
		const member = index + 1;
		const { pads, blind } = sharePads({
			...{ scalar, point: { x, y }, member, context },
			count: profile.keyElements,
		});
		const shares = memberShares(packed, shareCoefficients, member);
		return {
			encrypted: shares.map((share, k) => Fr.add(share, pads[k] as bigint)),
			commitment: shareCommitment(shares, blind),
		};
	});
	const shareCommitments = dealt.map(({ commitment }) => commitment);
	const { y, y2 } = evaluateBundle(
		{
			ciphertext,
			encryptedShares: dealt.map(({ encrypted }) => encrypted),
			ephemeralKey: multiplyPoint(BASE_POINT, scalar),
			shareCommitments,
		},
		gamma,
	);
	return encryptUpdateSignals({ ...input, gamma, y, y2, shareDigest: shareDigest(context, shareCommitments) });
};

const keySumProofSignals = (input: KeySumInput): readonly bigint[] => {
	const sum = input.shares.reduce((total, shares) => Fr.add(total, evaluatePolynomial(shares, input.gamma)), 0n);
	const evaluation = Fr.add(sum, Fr.sub(input.maskOutOpening, input.maskInOpening));
	return keySumSignals({ ...input, evaluation }, input.shareDigests.length);
};

const phase1 = simulatedPhase1("prover double");
const { keySumSlots } = loadStudy();

const double = (name: string, nPublic: number) => {
	const key: SimulatedKey = phase1.key(name, nPublic);
	const object = encodeVerificationKey(key.verificationKey);
	const files: CircuitFiles = {
		name,
		wasm: "",
		provingKey: "",
		verificationKey: key.verificationKey,
		verificationKeyFile: "",
		vkHash: contentDigest(object).hex,
		developmentOnly: true,
	};
	return { key, object, files };
};

const DOUBLES = {
	train: double("TrainSegmentDouble", TRAIN_SEGMENT_SIGNALS.length),
	encrypt: double("EncryptUpdateDouble", ENCRYPT_UPDATE_SIGNALS.length),
	keySum: double("KeySumDouble", keySumSignalCount(keySumSlots)),
} as const;

export const CIRCUIT_DOUBLES = {
	train: DOUBLES.train.files,
	encrypt: DOUBLES.encrypt.files,
	keySum: DOUBLES.keySum.files,
} as const;

/** What the study's creator publishes. */
export const VERIFICATION_KEY_DOUBLES: readonly Uint8Array[] = Object.values(DOUBLES).map(({ object }) => object);

/** Constructor arguments of the contracts' VerifierDouble. */
export const VERIFIER_DOUBLE_ARGS: readonly [Hex, Hex, Hex] = [
	DOUBLES.train.files.vkHash,
	DOUBLES.encrypt.files.vkHash,
	DOUBLES.keySum.files.vkHash,
];

/** Counts the proofs per circuit. */
export const proverDouble = () => {
	const made: string[] = [];
	const proven = ({ key }: { readonly key: SimulatedKey }, publicSignals: readonly bigint[]): ProvenStatement => ({
		proof: key.prove(publicSignals),
		publicSignals,
	});
	const proveIt: typeof prove = async ({ name }, input) => {
		made.push(name);
		if (name === CIRCUIT_DOUBLES.train.name) {
			return proven(DOUBLES.train, trainSegmentSignals(input as unknown as SegmentInput));
		}
		if (name === CIRCUIT_DOUBLES.encrypt.name) {
			return proven(DOUBLES.encrypt, encryptionSignals(input as unknown as EncryptionInput));
		}
		return proven(DOUBLES.keySum, keySumProofSignals(input as unknown as KeySumInput));
	};
	return { prove: proveIt, made };
};
