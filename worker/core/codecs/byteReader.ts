/** A cursor over foreign bytes: each read names its field, and a failed check throws a coded error with the field's place. */
import { bytesToNumberBE } from "@noble/curves/utils.js";
import { DecentraHealthError, type ErrorCode } from "../../protocol/errors.ts";
import { isFieldElement } from "../../protocol/field.ts";

/** Bytes of one field element, big endian. */
export const ELEMENT_BYTES = 32;

export type ByteReader = {
	/** Throws with the place of the field last read (its first byte). */
	readonly fail: (field: string, problem: string, code?: ErrorCode) => never;
	/** Fails unless the object has exactly this many bytes. */
	readonly requireLength: (length: number) => void;
	/** Fails unless the next bytes spell `magic` (ASCII). */
	readonly magic: (magic: string) => void;
	readonly u8: (field: string) => number;
	readonly u16: (field: string) => number;
	readonly u32: (field: string) => number;
	readonly i32: (field: string) => number;
	readonly u64: (field: string) => bigint;
	readonly i64: (field: string) => bigint;
	/** 32 bytes big endian, canonical: in [0, r). */
	readonly element: (field: string) => bigint;
};

/**
 * @param object what the bytes should be ("update bundle"), for messages
 * @param code thrown by every failed check that names no other
 */
export const byteReader = (
	bytes: Uint8Array,
	{ object, code, nextStep }: { object: string; code: ErrorCode; nextStep: string },
): ByteReader => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let offset = 0;
	let place = 0;

	const fail = (field: string, problem: string, otherCode: ErrorCode = code): never => {
		throw new DecentraHealthError(otherCode, { message: `${object}, byte ${place}, ${field}: ${problem}`, nextStep });
	};
	const advance = (field: string, length: number): number => {
		place = offset;
		if (offset + length > bytes.length) fail(field, `the object ends after ${bytes.length} bytes`);
		offset += length;
		return place;
	};

	return {
		fail,
		requireLength: (length) => {
			if (bytes.length === length) return;
			place = Math.min(bytes.length, length);
			fail("length", `${bytes.length} bytes instead of ${length}`);
		},
		magic: (magic) => {
			const start = advance("magic", magic.length);
			const found = [...bytes.subarray(start, start + magic.length)];
			if (found.some((byte, index) => byte !== magic.charCodeAt(index))) fail("magic", `is not "${magic}"`);
		},
		u8: (field) => view.getUint8(advance(field, 1)),
		u16: (field) => view.getUint16(advance(field, 2), true),
		u32: (field) => view.getUint32(advance(field, 4), true),
		i32: (field) => view.getInt32(advance(field, 4), true),
		u64: (field) => view.getBigUint64(advance(field, 8), true),
		i64: (field) => view.getBigInt64(advance(field, 8), true),
		element: (field) => {
			const start = advance(field, ELEMENT_BYTES);
			const value = bytesToNumberBE(bytes.subarray(start, start + ELEMENT_BYTES));
			return isFieldElement(value) ? value : fail(field, "is not below the field order r");
		},
	};
};
