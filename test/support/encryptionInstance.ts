/** A small instance of the encryption proof (N = 16) with honest inputs, for tests of the circuit and of its reference. */
import { generateConstants } from "../../scripts/circuits/generateConstants.ts";
import { encryptionChallenge } from "../../worker/core/encryption/challenge.ts";
import { encryptionCircuitInput, encryptionStatement } from "../../worker/core/encryption/circuitInput.ts";
import { encryptUpdate } from "../../worker/core/encryption/encryptUpdate.ts";
import { evaluateBundle } from "../../worker/core/encryption/evaluateBundle.ts";
import { shareDigest } from "../../worker/core/encryption/shareCommitments.ts";
import { centredPublicPolynomial } from "../../worker/core/ring/publicPolynomial.ts";
import { publicKeyOf } from "../../worker/protocol/babyJubJub.ts";
import { type Profile, standardProfile } from "../../worker/protocol/profiles.ts";
import { ENCRYPT_UPDATE_SIGNALS } from "../../worker/protocol/publicSignals.ts";
import type { TestCircuitOptions } from "./circuits/testCircuit.ts";
import { randomRing } from "./randomRing.ts";
import { seededRandomness } from "./seededRandomness.ts";

/** The standard profile over a smaller ring; four elements are shared. */
export const smallProfile: Profile = { ...standardProfile, ringDegree: 16, sharePackCount: 5, keyElements: 4 };

export type InstanceSize = {
	readonly profile: Profile;
	readonly weightCount: number;
	readonly members: number;
	readonly threshold: number;
	/** Squared, scale 2^32; 0 or absent for none. */
	readonly normBound?: bigint;
};

export const smallInstance: InstanceSize = { profile: smallProfile, weightCount: 5, members: 3, threshold: 2 };

/** The circuit of an instance; constants are generated first. */
export const encryptionCircuitOptions = async ({
	profile,
	weightCount,
	members,
	threshold,
	normBound = 0n,
}: InstanceSize): Promise<TestCircuitOptions> => {
	await generateConstants();
	const { ringDegree, sharePackCount } = profile;
	const polynomial = centredPublicPolynomial(profile);
	return {
		include: "circuits/encryption/EncryptUpdateOver.circom",
		template: "EncryptUpdateOver",
		params: [ringDegree, polynomial, weightCount, members, threshold, sharePackCount, normBound],
		// Outputs come first.
		publicSignals: ENCRYPT_UPDATE_SIGNALS.slice(ENCRYPT_UPDATE_SIGNALS.indexOf("context")),
	};
};

/** An honest hospital's encryption, its proof's input and what the proof has to output. Everything follows from the seed. */
export const encryptionCase = (
	{ profile, weightCount, members, threshold, normBound = 0n }: InstanceSize,
	seed: string,
	change: { readonly baseWeights?: readonly number[]; readonly weights?: readonly number[] } = {},
) => {
	const random = randomRing(seed);
	const memberSecrets = Array.from({ length: members }, () => 1n + random.belowBig(1n << 250n));
	const committeeKeys = memberSecrets.map(publicKeyOf);
	const drawn = Array.from({ length: weightCount }, () => random.within(-(2 ** 19), 2 ** 19 - 1));
	const { weights = drawn, baseWeights = weights.map((weight) => -1 - weight) } = change;
	const sampleCount = random.within(1, profile.maxSampleSum);
	const context = random.element();
	const randomness = seededRandomness(seed);
	const encrypted = encryptUpdate({ profile, weights, sampleCount, committeeKeys, threshold, context, randomness });
	const proven = {
		context,
		bundleDigest: random.element(),
		sampleCount,
		weights,
		salt: random.element(),
		baseWeights,
		normBound,
		committeeKeys,
		secrets: encrypted.secrets,
	};
	const gamma = encryptionChallenge(encryptionStatement(proven), encrypted.secrets, profile);
	return {
		...encrypted,
		memberSecrets,
		proven,
		input: encryptionCircuitInput(proven),
		outputs: {
			gamma,
			...evaluateBundle(encrypted.public, gamma),
			shareDigest: shareDigest(context, encrypted.public.shareCommitments),
		},
	};
};
