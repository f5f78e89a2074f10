import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { decodeBundle, encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { decodeGlobalModel, decodeModel, encodeModel } from "../../../worker/core/codecs/model.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { DecentraHealthError, type ErrorCode } from "../../../worker/protocol/errors.ts";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { type Profile, standardProfile } from "../../../worker/protocol/profiles.ts";
import { randomRing } from "../../support/randomRing.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import vectors from "../../vectors/objects.json" with { type: "json" };

const bundleProfile: Profile = { ...standardProfile, ringDegree: 4, keyElements: 1 };
const bundle = {
	members: vectors.bundle.members,
	threshold: vectors.bundle.threshold,
	context: BigInt(vectors.bundle.context),
	ephemeralKey: { x: BigInt(vectors.bundle.ephemeralKey.x), y: BigInt(vectors.bundle.ephemeralKey.y) },
	shareCommitments: vectors.bundle.shareCommitments.map(BigInt),
	ciphertext: vectors.bundle.ciphertext.map(BigInt),
	encryptedShares: vectors.bundle.encryptedShares.map((shares) => shares.map(BigInt)),
};
const expectation = { ...bundle, weightCount: vectors.bundle.weightCount };
const weights = vectors.model.weights;
const stateOfModel = vectors.modelWithState.state.map((array) => array.map(BigInt));

/** Every object with its known bytes, its decoder and the codes that foreign bytes may end in. */
const objects: readonly {
	name: string;
	bytes: Uint8Array;
	headerBytes: number;
	decode: (bytes: Uint8Array) => unknown;
	encode: () => Uint8Array;
	value: unknown;
	codes: readonly ErrorCode[];
}[] = [
	{
		name: "bundle",
		bytes: hexToBytes(vectors.bundle.bytes),
		headerBytes: 8 + 3 * 32,
		decode: (bytes) => decodeBundle(bytes, bundleProfile, expectation),
		encode: () => encodeBundle(bundle, bundleProfile),
		value: bundle,
		codes: ["BUNDLE_MALFORMED", "BUNDLE_FOREIGN"],
	},
	{
		name: "model",
		bytes: hexToBytes(vectors.model.bytes),
		headerBytes: 12,
		decode: (bytes) => decodeModel(bytes, weights.length),
		encode: () => encodeModel(weights),
		value: weights,
		codes: ["MODEL_MALFORMED"],
	},
	{
		name: "model with state",
		bytes: hexToBytes(vectors.modelWithState.bytes),
		headerBytes: 12,
		decode: (bytes) => decodeGlobalModel(bytes, weights.length),
		encode: () => encodeModel(weights, stateOfModel),
		value: { weights, state: stateOfModel },
		codes: ["MODEL_MALFORMED"],
	},
];

const failsCoded = (decode: () => unknown, codes: readonly ErrorCode[]): void => {
	assert.throws(decode, (error) => error instanceof DecentraHealthError && codes.includes(error.code));
};

for (const { name, bytes, headerBytes, decode, encode, value, codes } of objects) {
	test(`${name}: known bytes both ways`, () => {
		assert.equal(bytesToHex(encode()), bytesToHex(bytes));
		assert.deepEqual(decode(bytes), value);
	});

	test(`${name}: reads a view into a larger buffer`, () => {
		const larger = new Uint8Array(bytes.length + 9);
		larger.set(bytes, 5);
		assert.deepEqual(decode(larger.subarray(5, 5 + bytes.length)), value);
	});

	test(`${name}: every truncation and any trailing byte is a coded error`, () => {
		for (let length = 0; length < bytes.length; length++) failsCoded(() => decode(bytes.subarray(0, length)), codes);
		failsCoded(() => decode(new Uint8Array([...bytes, 0])), codes);
	});

	test(`${name}: no header byte can take another value`, () => {
		for (let position = 0; position < headerBytes; position++) {
			for (const mask of [0x01, 0x80, 0xff]) {
				const changed = Uint8Array.from(bytes);
				changed[position] = (changed[position] as number) ^ mask;
				failsCoded(() => decode(changed), codes);
			}
		}
	});

	test(`${name}: random bytes, and random bytes behind a true header, decode or end in a coded error`, () => {
		const random = randomRing(`fuzz ${name}`);
		for (let run = 0; run < 300; run++) {
			const foreign = Uint8Array.from({ length: random.below(2 * bytes.length) }, () => random.below(256));
			failsCoded(() => decode(foreign), codes);
			const behind = Uint8Array.from(bytes, (byte, index) => (index < headerBytes ? byte : random.below(256)));
			try {
				decode(behind);
			} catch (error) {
				assert.ok(error instanceof DecentraHealthError && codes.includes(error.code));
			}
		}
	});
}

const patched = (bytes: Uint8Array, offset: number, hex: string): Uint8Array => {
	const changed = Uint8Array.from(bytes);
	changed.set(hexToBytes(hex), offset);
	return changed;
};
const littleEndian = (value: bigint): string => bytesToHex(new Uint8Array(new BigUint64Array([value]).buffer));
const elementHex = (value: bigint): string => value.toString(16).padStart(64, "0");
const bundleBytes = hexToBytes(vectors.bundle.bytes);
const decodeBundleBytes = (bytes: Uint8Array): unknown => decodeBundle(bytes, bundleProfile, expectation);

test("bundle: a commitment of r, a coefficient of q, a share of r and a context of r + context are refused with their place", () => {
	const commitment = patched(bundleBytes, 104 + 32, elementHex(FIELD_ORDER));
	assert.match(
		throwsWithCode(() => decodeBundleBytes(commitment), "BUNDLE_MALFORMED").message,
		/byte 136, share commitment\[2\]/,
	);
	const coefficient = patched(bundleBytes, 168 + 8, littleEndian(standardProfile.modulus));
	assert.match(
		throwsWithCode(() => decodeBundleBytes(coefficient), "BUNDLE_MALFORMED").message,
		/byte 176, ciphertext\[1\]/,
	);
	const share = patched(bundleBytes, 168 + 24 + 32, elementHex(FIELD_ORDER));
	assert.match(throwsWithCode(() => decodeBundleBytes(share), "BUNDLE_MALFORMED").message, /byte 224, share\[2\]\[0\]/);
	const context = patched(bundleBytes, 8, elementHex(bundle.context + FIELD_ORDER));
	throwsWithCode(() => decodeBundleBytes(context), "BUNDLE_MALFORMED");
});

test("bundle: R must lie on the curve, in the prime-order subgroup, canonical, and not be the identity", () => {
	const at = (x: bigint, y: bigint): Uint8Array => patched(bundleBytes, 40, elementHex(x) + elementHex(y));
	const { x, y } = bundle.ephemeralKey;
	assert.doesNotThrow(() => decodeBundleBytes(at(x, y)));
	// The negative of a point is one of the same order.
	assert.doesNotThrow(() => decodeBundleBytes(at(FIELD_ORDER - x, y)));
	for (const [name, point] of Object.entries({
		"off the curve": at(x, y + 1n),
		identity: at(0n, 1n),
		"order two": at(0n, FIELD_ORDER - 1n),
		"plus a point of order two": at(FIELD_ORDER - x, FIELD_ORDER - y),
		"x not canonical": at(x + FIELD_ORDER, y),
		"y not canonical": at(x, y + FIELD_ORDER),
	})) {
		assert.ok(
			throwsWithCode(() => decodeBundleBytes(point), "BUNDLE_MALFORMED"),
			name,
		);
	}
});

test("bundle: another context, committee size or threshold is foreign; another version, profile or weight count malformed", () => {
	for (const expected of [
		{ ...expectation, context: bundle.context + 1n },
		{ ...expectation, members: 3 },
		{ ...expectation, threshold: 1 },
	]) {
		throwsWithCode(() => decodeBundle(bundleBytes, bundleProfile, expected), "BUNDLE_FOREIGN");
	}
	throwsWithCode(() => decodeBundle(bundleBytes, { ...bundleProfile, id: 2 }, expectation), "BUNDLE_MALFORMED");
	throwsWithCode(() => decodeBundleBytes(patched(bundleBytes, 4, "01")), "BUNDLE_MALFORMED");
	for (const weightCount of [2, 4]) {
		throwsWithCode(() => decodeBundle(bundleBytes, bundleProfile, { ...expectation, weightCount }), "BUNDLE_MALFORMED");
	}
});

test("model: weights just out of 20 bits are refused with their place; another weight count as well", () => {
	const bytes = hexToBytes(vectors.model.bytes);
	for (const weight of ["00000800", "fffff7ff"]) {
		const changed = patched(bytes, 12 + 4, weight);
		assert.match(throwsWithCode(() => decodeModel(changed, 5), "MODEL_MALFORMED").message, /byte 16, weight\[1\]/);
	}
	throwsWithCode(() => decodeModel(bytes, 4), "MODEL_MALFORMED");
});

test("model: state out of range, of three arrays or cut off is refused with its place", () => {
	const bytes = hexToBytes(vectors.modelWithState.bytes);
	for (const value of ["0000000000000040", "00000000000000c0"]) {
		const changed = patched(bytes, 12 + 4 * 5 + 8, value);
		const { message } = throwsWithCode(() => decodeModel(changed, 5), "MODEL_MALFORMED");
		assert.match(message, /byte 40, state\[0\]\[1\]/);
	}
	throwsWithCode(() => decodeModel(patched(bytes, 6, "0300"), 5), "MODEL_MALFORMED");
	throwsWithCode(() => decodeModel(patched(bytes, 6, "0100"), 5), "MODEL_MALFORMED");
	assert.throws(() => encodeModel([1], [[2n ** 62n]]), RangeError);
	assert.throws(() => encodeModel([1], [[1n, 2n]]), RangeError);
	assert.throws(() => encodeModel([1], [[1n], [1n], [1n]]), RangeError);
});

test("encoders refuse values that the decoders would refuse", () => {
	assert.throws(
		() => encodeBundle({ ...bundle, ciphertext: [standardProfile.modulus, 0n, 0n] }, bundleProfile),
		RangeError,
	);
	assert.throws(() => encodeBundle({ ...bundle, ciphertext: [] }, bundleProfile), RangeError);
	assert.throws(() => encodeBundle({ ...bundle, ciphertext: [0n, 0n, 0n, 0n, 0n] }, bundleProfile), RangeError);
	assert.throws(() => encodeBundle({ ...bundle, shareCommitments: [0n] }, bundleProfile), RangeError);
	assert.throws(() => encodeBundle({ ...bundle, shareCommitments: [0n, FIELD_ORDER] }, bundleProfile), RangeError);
	assert.throws(() => encodeBundle({ ...bundle, encryptedShares: [[0n]] }, bundleProfile), RangeError);
	assert.throws(() => encodeBundle({ ...bundle, encryptedShares: [[0n], [FIELD_ORDER]] }, bundleProfile), RangeError);
	assert.throws(() => encodeBundle({ ...bundle, context: -1n }, bundleProfile), RangeError);
	assert.throws(() => encodeModel([2 ** 19]), RangeError);
	assert.throws(() => encodeModel([0.5]), RangeError);
});

test("the standard profile's bundle round-trips at its full size", () => {
	const random = randomRing("full size");
	const full = {
		...bundle,
		members: 3,
		shareCommitments: Array.from({ length: 3 }, () => random.element()),
		ciphertext: random.polynomial(standardProfile.ringDegree, standardProfile.modulus),
		encryptedShares: Array.from({ length: 3 }, () =>
			Array.from({ length: standardProfile.keyElements }, () => random.element()),
		),
	};
	const bytes = encodeBundle(full, standardProfile);
	assert.equal(bytes.length, 26_952);
	assert.deepEqual(decodeBundle(bytes, standardProfile, { ...full, weightCount: 2048 }), full);
});

test("the content digest is SHA-256, as bytes, hex and mod r", () => {
	// FIPS 180-2, appendix B.1
	const { bytes, hex, element } = contentDigest(new TextEncoder().encode("abc"));
	assert.equal(hex, "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert.equal(`0x${bytesToHex(bytes)}`, hex);
	assert.equal(element, BigInt(hex) % FIELD_ORDER);
});
