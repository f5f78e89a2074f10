import assert from "node:assert/strict";
import { test } from "node:test";
import { bn254 } from "@noble/curves/bn254.js";
import { decodeVerificationKey, encodeVerificationKey } from "../../../worker/core/codecs/verificationKey.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import { simulatedKey } from "../../support/simulatedGroth16.ts";

const { verificationKey: key } = simulatedKey("codec", 2);
const FIELDS = ["protocol", "curve", "nPublic", "vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2", "IC"];
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: unknown): Uint8Array =>
	new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

test("the canonical form does not depend on the input's key order or on the redundant pairing", () => {
	const canonical = encodeVerificationKey(key);
	assert.deepEqual(Object.keys(JSON.parse(text(canonical))), FIELDS);
	assert.doesNotMatch(text(canonical), /\s/);
	const shuffled = Object.fromEntries(Object.entries({ vk_alphabeta_12: [[["1"]]], ...key }).reverse());
	assert.deepEqual(encodeVerificationKey(shuffled as typeof key), canonical);
	assert.deepEqual(decodeVerificationKey(canonical), key);
});

test("known answer: the bytes of a key with generators only", () => {
	const generator1 = ["1", "2", "1"];
	const [generator2, doubled] = [bn254.G2.Point.BASE, bn254.G2.Point.BASE.double()].map((point) => {
		const { x, y } = point.toAffine();
		return [
			[String(x.c0), String(x.c1)],
			[String(y.c0), String(y.c1)],
			["1", "0"],
		];
	});
	const simple = {
		protocol: "groth16",
		curve: "bn128",
		nPublic: 1,
		vk_alpha_1: generator1,
		vk_beta_2: generator2,
		vk_gamma_2: generator2,
		vk_delta_2: doubled,
		IC: [generator1, generator1],
	};
	const [one, two, four] = ['["1","2","1"]', JSON.stringify(generator2), JSON.stringify(doubled)];
	assert.equal(
		text(encodeVerificationKey(simple)),
		`{"protocol":"groth16","curve":"bn128","nPublic":1,"vk_alpha_1":${one},"vk_beta_2":${two},"vk_gamma_2":${two},"vk_delta_2":${four},"IC":[${one},${one}]}`,
	);
	// Without a contribution, delta equals gamma, and A = alpha, B = beta, C = -sum of IC proves anything.
	throwsWithCode(() => encodeVerificationKey({ ...simple, vk_delta_2: generator2 }), "VERIFICATION_KEY_MALFORMED");
});

test("other bytes than the canonical ones, other curves and wrong shapes are malformed", () => {
	const [x, y] = key.vk_alpha_1;
	const damaged: unknown[] = [
		"",
		"{",
		"null",
		"[]",
		` ${JSON.stringify(key)}`,
		JSON.stringify(key, null, 1),
		`${JSON.stringify(key)}\n`,
		Object.fromEntries(Object.entries(key).reverse()),
		{ ...key, vk_alphabeta_12: [] },
		{ ...key, curve: "bls12381" },
		{ ...key, protocol: "plonk" },
		{ ...key, nPublic: 1 },
		{ ...key, nPublic: 3 },
		{ ...key, nPublic: 0, IC: key.IC.slice(0, 1) },
		{ ...key, IC: key.IC.slice(1) },
		{ ...key, vk_alpha_1: [x, y] },
		{ ...key, vk_alpha_1: ["one", y, "1"] },
		{ ...key, vk_alpha_1: ["9".repeat(10_000), y, "1"] },
		{ ...key, vk_alpha_1: [x, y, "2"] },
		{ ...key, vk_alpha_1: [`0${x}`, y, "1"] },
		{ ...key, vk_alpha_1: [`-${x}`, y, "1"] },
		{ ...key, vk_alpha_1: [Number(x), y, "1"] },
	];
	for (const value of damaged) {
		throwsWithCode(() => decodeVerificationKey(bytes(value)), "VERIFICATION_KEY_MALFORMED");
	}
});

test("points off the curve, out of the subgroup, the identity and unreduced coordinates are malformed", () => {
	const [x, y] = key.vk_alpha_1;
	const order = bn254.fields.Fp.ORDER;
	// A point of the twist outside the prime-order subgroup: the first x = k + 0 u with a square right-hand side.
	const { Fp2 } = bn254.fields;
	const twistB = bn254.G2.Point.CURVE().b;
	const outside = (() => {
		for (let k = 1n; ; k++) {
			const px = { c0: k, c1: 0n };
			const right = Fp2.add(Fp2.mul(Fp2.sqr(px), px), twistB);
			try {
				return { x: px, y: Fp2.sqrt(right) };
			} catch {
				// not a square
			}
		}
	})();
	assert.ok(Fp2.eql(Fp2.sqr(outside.y), Fp2.add(Fp2.mul(Fp2.sqr(outside.x), outside.x), twistB)));
	const g2 = ({ x, y }: typeof outside) => [
		[String(x.c0), String(x.c1)],
		[String(y.c0), String(y.c1)],
		["1", "0"],
	];
	const [bx, by, bz] = key.vk_beta_2;
	for (const changes of [
		{ vk_alpha_1: [x, String(BigInt(y) + 1n), "1"] },
		{ vk_alpha_1: [String(BigInt(x) + order), y, "1"] },
		{ vk_alpha_1: ["0", "1", "0"] },
		{ vk_alpha_1: ["0", "0", "1"] },
		{ IC: [...key.IC.slice(0, 2), [x, x, "1"]] },
		{ vk_beta_2: [by, bx, bz] },
		{ vk_gamma_2: [bx, [by[1], by[0]], bz] },
		{ vk_delta_2: g2(outside) },
	]) {
		throwsWithCode(() => decodeVerificationKey(bytes({ ...key, ...changes })), "VERIFICATION_KEY_MALFORMED");
		throwsWithCode(() => encodeVerificationKey({ ...key, ...changes }), "VERIFICATION_KEY_MALFORMED");
	}
});
