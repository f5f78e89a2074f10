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

const TRAIN = double("TrainSegmentDouble", TRAIN_SEGMENT_SIGNALS.length);
const ENCRYPT = double("EncryptUpdateDouble", ENCRYPT_UPDATE_SIGNALS.length);
const keySumDouble = (slots: number) => double(`KeySum${slots}Double`, keySumSignalCount(slots));

/** A study's circuits, what its creator publishes of them, and the constructor arguments of the contracts' VerifierDouble. */
export const circuitDoubles = (slots = loadStudy().keySumSlots) => {
	const keySum = keySumDouble(slots);
	const all = [TRAIN, ENCRYPT, keySum] as const;
	const [train, encrypt, sums] = all.map(({ files }) => files.vkHash);
	return {
		circuits: { train: TRAIN.files, encrypt: ENCRYPT.files, keySum: keySum.files },
		verificationKeys: all.map(({ object }): Uint8Array => object),
		verifierArgs: [train, encrypt, sums] as readonly Hex[],
	};
};

const ofDefaultStudy = circuitDoubles();
export const CIRCUIT_DOUBLES = ofDefaultStudy.circuits;
export const VERIFICATION_KEY_DOUBLES = ofDefaultStudy.verificationKeys;
export const VERIFIER_DOUBLE_ARGS = ofDefaultStudy.verifierArgs;

/** Counts the proofs per circuit. */
export const proverDouble = () => {
	const made: string[] = [];
	const proven = ({ key }: { readonly key: SimulatedKey }, publicSignals: readonly bigint[]): ProvenStatement => ({
		proof: key.prove(publicSignals),
		publicSignals,
	});
	const proveIt: typeof prove = async ({ name }, input) => {
		made.push(name);
		if (name === TRAIN.files.name) {
			return proven(TRAIN, trainSegmentSignals(input as unknown as SegmentInput));
		}
		if (name === ENCRYPT.files.name) {
			return proven(ENCRYPT, encryptionSignals(input as unknown as EncryptionInput));
		}
		const keySum = input as unknown as KeySumInput;
		return proven(keySumDouble(keySum.shareDigests.length), keySumProofSignals(keySum));
	};
	return { prove: proveIt, made };
};
