/**
 * A Groth16 verification key as one object on IPFS. A study's trainVkHash and encryptVkHash are the SHA-256 of these bytes, so they are its CID.
 * Canonical JSON: snarkjs' fields in the order below, coordinates as decimal strings, no white space, and without vk_alphabeta_12, which
 * follows from the others.
 */
import { bn254 } from "@noble/curves/bn254.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { DecentraHealthError } from "../../protocol/errors.ts";

const BASE_FIELD_ORDER: bigint = bn254.fields.Fp.ORDER;

const coordinate = z
	.string()
	.max(78)
	.refine((text) => /^(0|[1-9][0-9]*)$/.test(text) && BigInt(text) < BASE_FIELD_ORDER, {
		message: "no canonical element of the base field",
	});
const extensionCoordinate = z.tuple([coordinate, coordinate]);

/** On the curve, in the prime-order subgroup (assertValidity checks both), and not the identity, which no usable key contains. */
const isPoint = (parse: () => { readonly is0: () => boolean; readonly assertValidity: () => void }): boolean => {
	try {
		const point = parse();
		point.assertValidity();
		return !point.is0();
	} catch {
		// Also coordinates that are no numbers: zod checks the whole point even when a coordinate was refused.
		return false;
	}
};

/** Affine, so the third coordinate is 1. */
const g1Point = z
	.tuple([coordinate, coordinate, z.literal("1")])
	.refine(([x, y]) => isPoint(() => bn254.G1.Point.fromAffine({ x: BigInt(x), y: BigInt(y) })), {
		message: "no point of G1",
	});

const extensionElement = ([c0, c1]: [string, string]) => ({ c0: BigInt(c0), c1: BigInt(c1) });
const g2Point = z
	.tuple([extensionCoordinate, extensionCoordinate, z.tuple([z.literal("1"), z.literal("0")])])
	.refine(([x, y]) => isPoint(() => bn254.G2.Point.fromAffine({ x: extensionElement(x), y: extensionElement(y) })), {
		message: "no point of G2",
	});

const MOST_SIGNALS = 64;

export const verificationKeySchema = z
	.strictObject({
		protocol: z.literal("groth16"),
		curve: z.literal("bn128"),
		/** Number of public signals. */
		nPublic: z.int().min(1).max(MOST_SIGNALS),
		vk_alpha_1: g1Point,
		vk_beta_2: g2Point,
		vk_gamma_2: g2Point,
		vk_delta_2: g2Point,
		IC: z.array(g1Point),
	})
	.refine(({ nPublic, IC }) => IC.length === nPublic + 1, { message: "not nPublic + 1 points", path: ["IC"] })
	// The key of a phase 2 without contributions: anybody can make proofs of anything that verify under it.
	.refine(({ vk_gamma_2, vk_delta_2 }) => `${vk_gamma_2}` !== `${vk_delta_2}`, {
		message: "delta equals gamma: nobody contributed to it",
		path: ["vk_delta_2"],
	});

/** snarkjs' verification key without vk_alphabeta_12; snarkjs verifies with it. */
export type VerificationKey = z.infer<typeof verificationKeySchema>;

/** snarkjs' own form has looser types and possibly vk_alphabeta_12, which is left out. */
export type VerificationKeyInput = Readonly<Record<keyof VerificationKey, unknown>>;

const malformed = (problem: string): DecentraHealthError =>
	new DecentraHealthError("VERIFICATION_KEY_MALFORMED", {
		message: `verification key: ${problem}`,
		nextStep: "Fetch the object again; if its digest agrees with the study, the study was created with a damaged key.",
	});

const parse = (value: unknown): VerificationKey => {
	const parsed = verificationKeySchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	throw malformed(`${issue?.path.join(".") || "the object"}: ${issue?.message ?? "malformed"}`);
};

/**
 * The canonical bytes. Their SHA-256 is the verifier contract's VK_HASH.
 * @throws DecentraHealthError VERIFICATION_KEY_MALFORMED when it is no Groth16 key over BN254 with valid points
 */
export const encodeVerificationKey = (key: VerificationKeyInput): Uint8Array => {
	const { protocol, curve, nPublic, vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, IC } = key;
	const checked = parse({ protocol, curve, nPublic, vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, IC });
	// zod's objects have the schema's key order, whatever the input's.
	return utf8ToBytes(JSON.stringify(checked));
};

/**
 * Parses foreign bytes.
 * @throws DecentraHealthError VERIFICATION_KEY_MALFORMED unless they are the canonical bytes of a valid key
 */
export const decodeVerificationKey = (bytes: Uint8Array): VerificationKey => {
	let value: unknown;
	const text = new TextDecoder().decode(bytes);
	try {
		value = JSON.parse(text);
	} catch {
		throw malformed("is no JSON");
	}
	const key = parse(value);
	if (JSON.stringify(key) !== text) throw malformed("is not in its canonical form");
	return key;
};
