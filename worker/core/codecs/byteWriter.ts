/** Writes the objects that byteReader reads. Values out of range are a caller's mistake: RangeError. */
import { numberToBytesBE } from "@noble/curves/utils.js";
import { isFieldElement } from "../../protocol/field.ts";
import { ELEMENT_BYTES } from "./byteReader.ts";

export type ByteWriter = {
	readonly magic: (magic: string) => void;
	readonly u8: (value: number) => void;
	readonly u16: (value: number) => void;
	readonly u32: (value: number) => void;
	readonly i32: (value: number) => void;
	readonly u64: (value: bigint) => void;
	readonly i64: (value: bigint) => void;
	readonly element: (value: bigint) => void;
	/** The object; @throws RangeError when fewer bytes than announced were written. */
	readonly finish: () => Uint8Array;
};

const requireInteger = (value: number, least: number, most: number): number => {
	if (!Number.isInteger(value) || value < least || value > most) {
		throw new RangeError(`${value} is not an integer in [${least}, ${most}]`);
	}
	return value;
};

/** @param length of the whole object in bytes */
export const byteWriter = (length: number): ByteWriter => {
	const bytes = new Uint8Array(length);
	const view = new DataView(bytes.buffer);
	let offset = 0;
	const next = (size: number): number => {
		const start = offset;
		offset += size;
		return start;
	};
	return {
		magic: (magic) => bytes.set(new TextEncoder().encode(magic), next(magic.length)),
		u8: (value) => view.setUint8(next(1), requireInteger(value, 0, 2 ** 8 - 1)),
		u16: (value) => view.setUint16(next(2), requireInteger(value, 0, 2 ** 16 - 1), true),
		u32: (value) => view.setUint32(next(4), requireInteger(value, 0, 2 ** 32 - 1), true),
		i32: (value) => view.setInt32(next(4), requireInteger(value, -(2 ** 31), 2 ** 31 - 1), true),
		u64: (value) => {
			if (BigInt.asUintN(64, value) !== value) throw new RangeError("the value does not fit 64 unsigned bits");
			view.setBigUint64(next(8), value, true);
		},
		i64: (value) => {
			if (BigInt.asIntN(64, value) !== value) throw new RangeError("the value does not fit 64 signed bits");
			view.setBigInt64(next(8), value, true);
		},
		element: (value) => {
			if (!isFieldElement(value)) throw new RangeError("the value is not in [0, r)");
			bytes.set(numberToBytesBE(value, ELEMENT_BYTES), next(ELEMENT_BYTES));
		},
		finish: () => {
			if (offset !== length) throw new RangeError(`${offset} bytes written instead of ${length}`);
			return bytes;
		},
	};
};
