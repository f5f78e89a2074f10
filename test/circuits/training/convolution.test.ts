import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { toField } from "../../../worker/protocol/field.ts";
import { assertAccepted, assertForgedWitness } from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

/** inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batch. */
const SHAPES = [
	[10, 1, 3, 3, 1, 1, 1, 4, 2],
	[10, 1, 3, 1, 1, 1, 1, 2, 1],
	[7, 6, 2, 3, 2, 2, 3, 3, 2],
	[8, 3, 1, 2, 2, 3, 1, 1, 3],
	[5, 5, 1, 5, 5, 1, 1, 2, 1],
	[6, 2, 1, 3, 1, 4, 1, 2, 2],
] as const;
const SCALE = 7;

const circuitOf = (template: "ConvForward" | "ConvBackward" | "ConvInputGradient", shape: readonly number[]) =>
	testCircuit({
		include: `circuits/training/${template}.circom`,
		template,
		params: template === "ConvInputGradient" ? shape : [...shape, SCALE],
		publicSignals: template === "ConvInputGradient" ? ["kernel"] : ["x"],
		optimization: "O2",
	});

/** Calls `each` for every product x * kernel of the definition, with flat indices in row-major order. */
const eachProduct = (
	[
		inHeight,
		inWidth,
		channels,
		kernelHeight,
		kernelWidth,
		strideHeight,
		strideWidth,
		filters,
		batch,
	]: readonly number[] & (typeof SHAPES)[number],
	each: (x: number, kernel: number, z: number, filter: number) => void,
): { outputs: number; kernels: number; inputs: number } => {
	const outHeight = Math.floor((inHeight - kernelHeight) / strideHeight) + 1;
	const outWidth = Math.floor((inWidth - kernelWidth) / strideWidth) + 1;
	for (let s = 0; s < batch; s++)
		for (let i = 0; i < outHeight; i++)
			for (let o = 0; o < outWidth; o++)
				for (let f = 0; f < filters; f++)
					for (let j = 0; j < kernelHeight; j++)
						for (let k = 0; k < kernelWidth; k++)
							for (let c = 0; c < channels; c++) {
								const x = ((s * inHeight + i * strideHeight + j) * inWidth + o * strideWidth + k) * channels + c;
								each(
									x,
									((j * kernelWidth + k) * channels + c) * filters + f,
									((s * outHeight + i) * outWidth + o) * filters + f,
									f,
								);
							}
	return {
		outputs: batch * outHeight * outWidth * filters,
		kernels: kernelHeight * kernelWidth * channels * filters,
		inputs: batch * inHeight * inWidth * channels,
	};
};

const integers = (seed: string, count: number, limit: number): bigint[] => {
	const random = createRandom(seed);
	return Array.from({ length: count }, () => BigInt(random.below(2 * limit + 1) - limit));
};

describe("ConvForward, ConvBackward and ConvInputGradient", () => {
	for (const shape of SHAPES) {
		it(`equal the definition: ${shape.join(", ")}`, async () => {
			const { outputs, kernels, inputs } = eachProduct(shape, () => {});
			const filters = shape[7];
			const forward = await circuitOf("ConvForward", shape);
			const backward = await circuitOf("ConvBackward", shape);
			const transposed = await circuitOf("ConvInputGradient", shape);
			assert.ok(forward.constraints.total <= (outputs * kernels) / filters, `${forward.constraints.total} products`);
			// Gradients that are 0, or equal, are linear outputs here.
			const { nonLinear } = transposed.constraints;
			assert.ok(nonLinear <= (outputs * kernels) / filters, `${nonLinear} products`);
			for (let seed = 0; seed < 8; seed++) {
				// The last seed has all values at the ends of their ranges.
				const value = (name: string, count: number, limit: number): bigint[] =>
					seed < 7
						? integers(`${name}${seed}`, count, limit)
						: integers(name, count, 1).map((each) => BigInt(limit) * (each < 0n ? -1n : 1n));
				const x = value("x", inputs, 128);
				const kernel = value("kernel", kernels, 2048);
				const bias = value("bias", filters, 2048);
				const dz = value("dz", outputs, 2 ** 29);
				const z = Array.from({ length: outputs }, (_, index) => (bias[index % filters] as bigint) << 7n);
				const kernelGradient = kernel.map(() => 0n);
				const dx = x.map(() => 0n);
				eachProduct(shape, (xAt, kernelAt, zAt) => {
					z[zAt] = (z[zAt] as bigint) + (x[xAt] as bigint) * (kernel[kernelAt] as bigint);
					kernelGradient[kernelAt] = (kernelGradient[kernelAt] as bigint) + (x[xAt] as bigint) * (dz[zAt] as bigint);
					dx[xAt] = (dx[xAt] as bigint) + (kernel[kernelAt] as bigint) * (dz[zAt] as bigint);
				});
				const biasGradient = bias.map((_, f) =>
					dz.reduce((sum, each, index) => sum + (index % filters === f ? each << 7n : 0n), 0n),
				);
				const ahead = await assertAccepted(forward, { x, kernel, bias });
				assert.deepEqual(forward.values(ahead, "z"), z.map(toField));
				const back = await assertAccepted(backward, { x, dz });
				assert.deepEqual(backward.values(back, "kernel"), kernelGradient.map(toField));
				assert.deepEqual(backward.values(back, "bias"), biasGradient.map(toField));
				const through = await assertAccepted(transposed, { kernel, dz });
				assert.deepEqual(transposed.values(through, "dx"), dx.map(toField));
			}
		});
	}

	it("pin down every output", async () => {
		const [shape] = SHAPES;
		const { kernels, inputs } = eachProduct(shape, () => {});
		const forward = await circuitOf("ConvForward", shape);
		const ahead = await forward.witness({
			x: integers("x", inputs, 128),
			kernel: integers("k", kernels, 2048),
			bias: integers("b", shape[7], 2048),
		});
		assertForgedWitness(forward, ahead, { "z[1][3][0][2]": (old) => old + 1n });
		const biases = Array.from({ length: shape[7] }, (_, f) => `main.bias[${f}]`);
		const { symbols } = forward;
		assertEveryMutationCaught(
			forward,
			ahead,
			biases.filter((name) => !symbols.wires.has(name)),
		);
		const transposed = await circuitOf("ConvInputGradient", SHAPES[2]);
		const sizes = eachProduct(SHAPES[2], () => {});
		const through = await transposed.witness({
			kernel: integers("k", sizes.kernels, 2048),
			dz: integers("dz", sizes.outputs, 2 ** 29),
		});
		assertForgedWitness(transposed, through, { "dx[1][3][0][1]": (old) => old + 1n });
		assertEveryMutationCaught(transposed, through);
	});
});
