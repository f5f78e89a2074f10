/** The global model: its weights in the clear and the server optimizer's state; docs/PROTOCOL.md section 4. */
import { fixedPoint } from "../../protocol/profiles.ts";
import type { GlobalModel } from "../serverOptimizer/serverStep.ts";
import { byteReader } from "./byteReader.ts";
import { byteWriter } from "./byteWriter.ts";

const MAGIC = "DHGM";
const VERSION = 2;
const HEADER_BYTES = MAGIC.length + 1 + 1 + 2 + 4;
const WEIGHT_LIMIT = 2 ** (fixedPoint.weightBits - 1);
/** FedAdam's two moments. */
const MOST_STATE_ARRAYS = 2;
/** A server optimizer's step from state in this range stays in it. */
const STATE_BITS = 62;
const STATE_LIMIT = 1n << BigInt(STATE_BITS);

/** A signed 20-bit integer. */
const isWeight = (value: number): boolean => Number.isInteger(value) && value >= -WEIGHT_LIMIT && value < WEIGHT_LIMIT;
const isState = (value: bigint): boolean => value > -STATE_LIMIT && value < STATE_LIMIT;

/**
 * @param weights signed 20-bit integers, scale 2^16, order of docs/PROTOCOL.md section 1
 * @param state the server optimizer's, each array as long as the weights
 * @throws RangeError when one is out of range, or an array has another length
 */
export const encodeModel = (weights: readonly number[], state: GlobalModel["state"] = []): Uint8Array => {
	if (state.length > MOST_STATE_ARRAYS || state.some((array) => array.length !== weights.length)) {
		throw new RangeError(`optimizer state is up to ${MOST_STATE_ARRAYS} arrays of ${weights.length}`);
	}
	const writer = byteWriter(HEADER_BYTES + (4 + 8 * state.length) * weights.length);
	writer.magic(MAGIC);
	writer.u8(VERSION);
	writer.u8(0);
	writer.u16(state.length);
	writer.u32(weights.length);
	weights.forEach((weight, index) => {
		if (!isWeight(weight)) throw new RangeError(`weight ${index} is no signed ${fixedPoint.weightBits}-bit integer`);
		writer.i32(weight);
	});
	for (const [array, values] of state.entries()) {
		values.forEach((value, index) => {
			if (!isState(value)) throw new RangeError(`state ${array} of weight ${index} is not within 2^${STATE_BITS}`);
			writer.i64(value);
		});
	}
	return writer.finish();
};

/**
 * Parses foreign bytes: the whole model.
 * @param weightCount of the study's architecture
 * @throws MODEL_MALFORMED with field and byte offset
 */
export const decodeGlobalModel = (bytes: Uint8Array, weightCount: number): GlobalModel => {
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
	const arrays = reader.u16("stateCount");
	if (arrays > MOST_STATE_ARRAYS) fail("stateCount", `${arrays} is more than ${MOST_STATE_ARRAYS}`);
	const count = reader.u32("weightCount");
	if (count !== weightCount) fail("weightCount", `${count} instead of ${weightCount}`);
	reader.requireLength(HEADER_BYTES + (4 + 8 * arrays) * weightCount);
	const weights = Array.from({ length: weightCount }, (_, index) => {
		const field = `weight[${index}]`;
		const weight = reader.i32(field);
		return isWeight(weight) ? weight : fail(field, `${weight} is no signed ${fixedPoint.weightBits}-bit integer`);
	});
	const state = Array.from({ length: arrays }, (_, array) =>
		Array.from({ length: weightCount }, (_, index) => {
			const field = `state[${array}][${index}]`;
			const value = reader.i64(field);
			return isState(value) ? value : fail(field, `${value} is not within 2^${STATE_BITS}`);
		}),
	);
	return { weights, state };
};

/** How many weights the object says it has, where no study is known yet: decodeGlobalModel then says whether it has them. */
export const statedWeightCount = (bytes: Uint8Array): number =>
	bytes.length < HEADER_BYTES ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(HEADER_BYTES - 4, true);

/** The weights alone, as training and prediction need them; everything else is checked all the same. @throws as {@link decodeGlobalModel} */
export const decodeModel = (bytes: Uint8Array, weightCount: number): readonly number[] =>
	decodeGlobalModel(bytes, weightCount).weights;
