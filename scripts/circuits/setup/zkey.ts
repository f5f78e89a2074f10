/**
 * Writer of snarkjs' Groth16 proving key (.zkey version 1): the same sections in the same order with the same bytes as
 * snarkjs 0.7.6's zkey_new.js. Little endian; points affine in Montgomery form.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { bn254 } from "@noble/curves/bn254.js";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import type { R1cs } from "../r1cs.ts";

/** All points of a key; arrays are concatenated points. */
export type KeyPoints = {
	readonly alpha1: Uint8Array;
	readonly beta1: Uint8Array;
	readonly beta2: Uint8Array;
	readonly gamma2: Uint8Array;
	readonly delta1: Uint8Array;
	readonly delta2: Uint8Array;
	readonly ic: Uint8Array;
	readonly a: Uint8Array;
	readonly b1: Uint8Array;
	readonly b2: Uint8Array;
	readonly c: Uint8Array;
	readonly h: Uint8Array;
};

/**
 * Stands where a ceremony's key has the hash of its circuit, so that the key file itself says that somebody knew its trapdoor.
 * (snarkjs reads the field only when it verifies contributions, of which such a key has none.)
 */
export const DEVELOPMENT_MARKER: Uint8Array = createHash("sha512")
	.update("DecentraHealth development proving key: its trapdoor was known to one machine")
	.digest();

/** Section of a .zkey with the ceremony's circuit hash and contributions. */
export const CONTRIBUTIONS_SECTION = 10;

const ELEMENT_BYTES = 32;
/** snarkjs stores coefficients times 2^512, so that one Montgomery multiplication by a plain witness value gives Montgomery form. */
const COEFFICIENT_FACTOR = 2n ** 512n % FIELD_ORDER;

const littleEndian = (value: bigint, bytes: number): Uint8Array =>
	Uint8Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));

const u32 = (...values: number[]): Uint8Array => {
	const bytes = new Uint8Array(4 * values.length);
	const view = new DataView(bytes.buffer);
	values.forEach((value, index) => {
		view.setUint32(4 * index, value, true);
	});
	return bytes;
};

/** Section 4: matrices A and B by rows, then a row per public wire; (matrix u32, row u32, wire u32, coefficient) each. */
const coefficientsSection = (r1cs: R1cs): Uint8Array => {
	const publicWires = r1cs.outputs + r1cs.publicInputs + 1;
	const total = r1cs.a.wire.length + r1cs.b.wire.length + publicWires;
	const bytes = new Uint8Array(4 + total * (12 + ELEMENT_BYTES));
	const view = new DataView(bytes.buffer);
	view.setUint32(0, total, true);
	let at = 4;
	const encode = (coefficient: bigint) => littleEndian((coefficient * COEFFICIENT_FACTOR) % FIELD_ORDER, ELEMENT_BYTES);
	const encoded = r1cs.coefficients.map(encode);
	const write = (matrix: number, row: number, wire: number, coefficient: Uint8Array): void => {
		view.setUint32(at, matrix, true);
		view.setUint32(at + 4, row, true);
		view.setUint32(at + 8, wire, true);
		bytes.set(coefficient, at + 12);
		at += 12 + ELEMENT_BYTES;
	};
	for (let row = 0; row < r1cs.constraints; row++) {
		[r1cs.a, r1cs.b].forEach(({ start, wire, coefficient }, matrix) => {
			for (let term = start[row] as number; term < (start[row + 1] as number); term++) {
				write(matrix, row, wire[term] as number, encoded[coefficient[term] as number] as Uint8Array);
			}
		});
	}
	const one = encode(1n);
	for (let wire = 0; wire < publicWires; wire++) write(0, r1cs.constraints + wire, wire, one);
	return bytes;
};

/**
 * Writes the key to `path`, which must not exist.
 * @param contributions section 10 without its count of contributions (0): 64 bytes
 */
export const writeZkey = async (
	path: string,
	{
		r1cs,
		domainSize,
		points,
		contributions,
	}: {
		readonly r1cs: R1cs;
		readonly domainSize: number;
		readonly points: KeyPoints;
		readonly contributions: Uint8Array;
	},
): Promise<void> => {
	const header = [
		...[u32(ELEMENT_BYTES), littleEndian(bn254.fields.Fp.ORDER, ELEMENT_BYTES)],
		...[u32(ELEMENT_BYTES), littleEndian(FIELD_ORDER, ELEMENT_BYTES)],
		u32(r1cs.wires, r1cs.outputs + r1cs.publicInputs, domainSize),
		...[points.alpha1, points.beta1, points.beta2, points.gamma2, points.delta1, points.delta2],
	];
	const groth16 = 1;
	const sections: readonly (readonly [number, readonly Uint8Array[]])[] = [
		[1, [u32(groth16)]],
		[2, header],
		[4, [coefficientsSection(r1cs)]],
		[3, [points.ic]],
		[9, [points.h]],
		[8, [points.c]],
		[5, [points.a]],
		[6, [points.b1]],
		[7, [points.b2]],
		[CONTRIBUTIONS_SECTION, [contributions, u32(0)]],
	];
	const file = await open(path, "wx");
	try {
		const version = 1;
		await file.writeFile(Buffer.concat([Buffer.from("zkey"), u32(version, sections.length)]));
		for (const [id, parts] of sections) {
			const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
			await file.writeFile(Buffer.concat([u32(id), littleEndian(BigInt(size), 8)]));
			for (const part of parts) await file.writeFile(part);
		}
	} finally {
		await file.close();
	}
};

/**
 * True unless the key at `path` holds at least one contribution of a ceremony: a key of developmentSetup, which marks it inside, but also a
 * phase 2 that nobody has contributed to, whose delta is 1, so that anybody can forge its proofs.
 */
export const isDevelopmentKey = async (path: string): Promise<boolean> => {
	const file = await open(path, "r");
	try {
		const { size } = await file.stat();
		const header = Buffer.alloc(12);
		for (let at = 12; at + header.length <= size; ) {
			await file.read(header, 0, header.length, at);
			if (header.readUInt32LE(0) === CONTRIBUTIONS_SECTION) {
				// The circuit's hash, or our marker in its place, then the number of contributions.
				const head = Buffer.alloc(DEVELOPMENT_MARKER.length + 4);
				await file.read(head, 0, head.length, at + header.length);
				const marked = head.subarray(0, DEVELOPMENT_MARKER.length).equals(DEVELOPMENT_MARKER);
				return marked || head.readUInt32LE(DEVELOPMENT_MARKER.length) === 0;
			}
			at += header.length + Number(header.readBigUInt64LE(4));
		}
		return true;
	} finally {
		await file.close();
	}
};
