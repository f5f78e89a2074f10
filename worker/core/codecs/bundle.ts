/** The update bundle: one hospital's ciphertext, encrypted key shares and the commitments to the shares; docs/PROTOCOL.md section 4. */
import { type CurvePoint, isInPrimeSubgroup } from "../../protocol/babyJubJub.ts";
import type { Profile } from "../../protocol/profiles.ts";
import { byteReader, ELEMENT_BYTES } from "./byteReader.ts";
import { byteWriter } from "./byteWriter.ts";

const MAGIC = "DHUB";
const VERSION = 2;
const HEADER_BYTES = MAGIC.length + 4;

export type Bundle = {
	readonly members: number;
	readonly threshold: number;
	/** The round and hospital it was made for, mod r; docs/PROTOCOL.md section 1. */
	readonly context: bigint;
	/** R = kappa * B on BabyJubJub, in the prime-order subgroup. */
	readonly ephemeralKey: CurvePoint;
	/** Per member in committee order: m_j in [0, r). */
	readonly shareCommitments: readonly bigint[];
	/** The first W coefficients c_j, in [0, q). */
	readonly ciphertext: readonly bigint[];
	/** Per member in committee order: K encrypted shares in [0, r). */
	readonly encryptedShares: readonly (readonly bigint[])[];
};

/** What the chain says about the bundle's round. */
export type BundleExpectation = Pick<Bundle, "members" | "threshold" | "context"> & {
	/** W of the round's study. */
	readonly weightCount: number;
};

/** Bytes of a bundle for a committee and a model of these sizes. */
export const bundleLength = (
	profile: Profile,
	{ members, weightCount }: Pick<BundleExpectation, "members" | "weightCount">,
): number => HEADER_BYTES + 3 * ELEMENT_BYTES + 8 * weightCount + members * (profile.keyElements + 1) * ELEMENT_BYTES;

/** @throws RangeError when a value is out of range or a vector has another length */
export const encodeBundle = (bundle: Bundle, profile: Profile): Uint8Array => {
	const { members, ciphertext, shareCommitments, encryptedShares } = bundle;
	const weightCount = ciphertext.length;
	if (weightCount < 1 || weightCount > profile.ringDegree)
		throw new RangeError("the ciphertext has not 1 to N coefficients");
	if (shareCommitments.length !== members || encryptedShares.length !== members) {
		throw new RangeError(`share commitments or encrypted shares of another number of members than ${members}`);
	}
	const writer = byteWriter(bundleLength(profile, { members, weightCount }));
	writer.magic(MAGIC);
	writer.u8(VERSION);
	writer.u8(profile.id);
	writer.u8(members);
	writer.u8(bundle.threshold);
	writer.element(bundle.context);
	writer.element(bundle.ephemeralKey.x);
	writer.element(bundle.ephemeralKey.y);
	for (const commitment of shareCommitments) writer.element(commitment);
	for (const coefficient of ciphertext) {
		if (coefficient >= profile.modulus) throw new RangeError("a ciphertext coefficient is not below q");
		writer.u64(coefficient);
	}
	for (const shares of encryptedShares) {
		if (shares.length !== profile.keyElements) throw new RangeError("a member has not K encrypted shares");
		for (const share of shares) writer.element(share);
	}
	return writer.finish();
};

/**
 * Parses foreign bytes; nothing of them is used before every check has passed.
 * @throws BUNDLE_MALFORMED with field and byte offset; BUNDLE_FOREIGN for another committee shape or context
 */
export const decodeBundle = (bytes: Uint8Array, profile: Profile, expected: BundleExpectation): Bundle => {
	const { fail, ...reader } = byteReader(bytes, {
		object: "update bundle",
		code: "BUNDLE_MALFORMED",
		nextStep:
			"Fetch the object again and compare its digest with the one on chain; if they agree, its hospital published it so: leave this update out and have it challenged.",
	});
	reader.magic(MAGIC);
	const version = reader.u8("version");
	if (version !== VERSION) fail("version", `${version} is unknown, this program reads ${VERSION}`);
	const profileId = reader.u8("profileId");
	if (profileId !== profile.id) fail("profileId", `${profileId} instead of ${profile.id} (${profile.name})`);
	const members = reader.u8("members");
	if (members !== expected.members) fail("members", `${members} instead of ${expected.members}`, "BUNDLE_FOREIGN");
	const threshold = reader.u8("threshold");
	if (threshold !== expected.threshold) {
		fail("threshold", `${threshold} instead of ${expected.threshold}`, "BUNDLE_FOREIGN");
	}
	reader.requireLength(bundleLength(profile, expected));
	const context = reader.element("context");
	if (context !== expected.context) fail("context", "belongs to another round or hospital", "BUNDLE_FOREIGN");
	const x = reader.element("R.x");
	const y = reader.element("R.y");
	// A member multiplies R by its long-term key: a point outside the prime-order subgroup would tell the key mod 8.
	if (!isInPrimeSubgroup({ x, y })) fail("R", "is no point of BabyJubJub's prime-order subgroup");
	const shareCommitments = Array.from({ length: members }, (_, member) =>
		reader.element(`share commitment[${member + 1}]`),
	);
	const ciphertext = Array.from({ length: expected.weightCount }, (_, index) => {
		const field = `ciphertext[${index}]`;
		const coefficient = reader.u64(field);
		return coefficient < profile.modulus ? coefficient : fail(field, "is not below the modulus q");
	});
	const encryptedShares = Array.from({ length: members }, (_, member) =>
		Array.from({ length: profile.keyElements }, (_, index) => reader.element(`share[${member + 1}][${index}]`)),
	);
	return { members, threshold, context, ephemeralKey: { x, y }, shareCommitments, ciphertext, encryptedShares };
};
