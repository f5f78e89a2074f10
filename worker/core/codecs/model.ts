/** The global model: its weights in the clear; docs/PROTOCOL.md section 4. */
import { fixedPoint } from "../../protocol/profiles.ts";
import { byteReader } from "./byteReader.ts";
import { byteWriter } from "./byteWriter.ts";

const MAGIC = "DHGM";
const VERSION = 1;
const HEADER_BYTES = MAGIC.length + 1 + 1 + 2 + 4;
const WEIGHT_LIMIT = 2 ** (fixedPoint.weightBits - 1);

/** A signed 20-bit integer. */
const isWeight = (value: number): boolean => Number.isInteger(value) && value >= -WEIGHT_LIMIT && value < WEIGHT_LIMIT;

/**
 * @param weights signed 20-bit integers, scale 2^16, order of docs/PROTOCOL.md section 1
 * @throws RangeError when one is out of range
 */
export const encodeModel = (weights: readonly number[]): Uint8Array => {
	const writer = byteWriter(HEADER_BYTES + 4 * weights.length);
	writer.magic(MAGIC);
	writer.u8(VERSION);
	writer.u8(0);
	writer.u16(0);
	writer.u32(weights.length);
	weights.forEach((weight, index) => {
		if (!isWeight(weight)) throw new RangeError(`weight ${index} is no signed ${fixedPoint.weightBits}-bit integer`);
		writer.i32(weight);
	});
	return writer.finish();
};

/**
 * Parses foreign bytes.
 * @param weightCount of the study's architecture
 * @throws MODEL_MALFORMED with field and byte offset
 */
export const decodeModel = (bytes: Uint8Array, weightCount: number): readonly number[] => {
	const { fail, ...reader } = byteReader(bytes, {
		object: "global model",
		code: "MODEL_MALFORMED",
		nextStep:
			"Fetch the object again and compare its digest with the one on chain; if they agree, check that the study is the one this model belongs to.",
	});
	reader.magic(MAGIC);
	const version = reader.u8("version");
	if (version !== VERSION) fail("version", `${version} is unknown, this program reads ${VERSION}`);
	if (reader.u8("profileId") !== 0) fail("profileId", "is not 0");
	if (reader.u16("reserved") !== 0) fail("reserved", "is not 0");
	const count = reader.u32("weightCount");
	if (count !== weightCount) fail("weightCount", `${count} instead of ${weightCount}`);
	reader.requireLength(HEADER_BYTES + 4 * weightCount);
	return Array.from({ length: weightCount }, (_, index) => {
		const field = `weight[${index}]`;
		const weight = reader.i32(field);
		return isWeight(weight) ? weight : fail(field, `${weight} is no signed ${fixedPoint.weightBits}-bit integer`);
	});
};
