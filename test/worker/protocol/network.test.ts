import assert from "node:assert/strict";
import { test } from "node:test";
import { type Layer, NetworkError, networkOf, planNetwork } from "../../../worker/protocol/network.ts";
import { POOLED_STUDY } from "../../support/trainingInstance.ts";
import { loadStudy } from "../../support/wdbc.ts";

const conv = (filters: number, height: number, width: number, stride: readonly [number, number] = [1, 1]): Layer => ({
	kind: "conv2d",
	filters,
	kernel: [height, width],
	stride,
});
const relu: Layer = { kind: "relu" };
const dense = (units: number): Layer => ({ kind: "dense", units });
const pool = (height: number, width: number): Layer => ({ kind: "averagePooling", window: [height, width] });

test("the default study: a convolution and a dense unit, with the scales of the protocol's tables", () => {
	const { blocks, inputCount, weightCount, outputs } = networkOf(loadStudy());
	assert.deepEqual({ inputCount, weightCount, outputs }, { inputCount: 30, weightCount: 73, outputs: 1 });
	const [first, last] = blocks;
	assert.equal(blocks.length, 2);
	assert.deepEqual(first?.output, { height: 8, width: 1, channels: 4 });
	assert.deepEqual(
		blocks.map((block) => [
			block.inputScaleBits,
			block.preActivationScaleBits,
			block.gradientScaleBits,
			block.inputBits,
		]),
		[
			[7, 15, 24, 7],
			[8, 16, 16, 12],
		],
	);
	assert.deepEqual([last?.kernelAt, last?.biasAt, last?.taps, last?.relu], [40, 72, 32, false]);
});

test("pooling merges into its block, drops what fills no window, and adds its area to the scales", () => {
	const [first, second, last] = networkOf(POOLED_STUDY).blocks;
	assert.deepEqual(first?.convolved, { height: 7, width: 6, channels: 2 });
	assert.deepEqual(
		[first?.poolBefore, first?.poolAfter],
		[
			[1, 2],
			[2, 1],
		],
	);
	assert.deepEqual(first?.activated, { height: 7, width: 3, channels: 2 });
	assert.deepEqual(first?.output, { height: 3, width: 3, channels: 2 });
	assert.deepEqual([first?.preActivationScaleBits, first?.outputScaleBits], [16, 9]);
	assert.deepEqual([second?.inputScaleBits, second?.inputBits, second?.preActivationScaleBits], [9, 13, 17]);
	// 16 for the logits; each linear layer below adds 8, each pooling its bits.
	assert.deepEqual(
		[last, second, first].map((block) => block?.gradientScaleBits),
		[16, 24, 34],
	);
	const twice = planNetwork({ height: 9, width: 9, channels: 1 }, [
		conv(1, 1, 1),
		pool(2, 2),
		pool(2, 1),
		relu,
		dense(1),
	]).blocks[0];
	assert.deepEqual([twice?.poolBefore, twice?.activated], [[4, 2], { height: 2, width: 4, channels: 1 }]);
});

test("layers that do not fit together are refused, with the layer that is wrong", () => {
	const input = { height: 6, width: 5, channels: 1 };
	const wrong: readonly (readonly [readonly Layer[], number | undefined, RegExp])[] = [
		[[], undefined, /dense/],
		[[conv(2, 2, 2), relu], 1, /dense/],
		[[dense(2), relu], 1, /without a relu/],
		[[relu, dense(1)], 0, /first layer with weights/],
		[[pool(2, 2), dense(1)], 0, /first layer with weights/],
		[[conv(2, 7, 2), relu, dense(1)], 0, /7 x 2 does not fit its input of 6 x 5 x 1/],
		[[conv(2, 2, 2), relu, conv(2, 6, 1), relu, dense(1)], 2, /5 x 4 x 2/],
		[[conv(2, 2, 2), conv(2, 2, 2), relu, dense(1)], 1, /relu between/],
		[[conv(2, 2, 2), dense(1)], 1, /relu between/],
		[[conv(2, 2, 2), relu, relu, dense(1)], 2, /second relu/],
		[[conv(2, 2, 2), pool(8, 1), relu, dense(1)], 1, /8 x 1 does not fit/],
		[[dense(2), relu, conv(1, 1, 1), relu, dense(1)], 2, /can't follow a dense/],
		[[dense(2), pool(1, 2), relu, dense(1)], 1, /neighbours/],
	];
	for (const [layers, layer, message] of wrong) {
		assert.throws(
			() => planNetwork(input, layers),
			(error) => error instanceof NetworkError && error.layer === layer && message.test(error.message),
			JSON.stringify(layers),
		);
	}
});
