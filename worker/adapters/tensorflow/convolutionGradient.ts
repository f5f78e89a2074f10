/**
 * The gradient of a convolution with respect to its filter, as another convolution: the WebAssembly backend has no kernel for it.
 * dL/dF[i,j,c,f] = sum_(b,y,x) X[b, y s + i, x s + j, c] dL/dY[b,y,x,f]: channels of X act as the batch, the batch as channels,
 * and dL/dY as a filter dilated by the stride s.
 */
import * as tf from "@tensorflow/tfjs";

type Attributes = {
	readonly strides: [number, number] | number;
	readonly pad: "valid" | "same" | number;
	readonly filterShape: readonly [number, number, number, number];
};

/** Adds the kernel to the backend in this process, for convolutions in "valid" mode and NHWC order, which are all we use. */
export const registerConvolutionGradient = (backendName: "wasm"): void => {
	if (tf.getKernel(tf.Conv2DBackpropFilter, backendName) !== undefined) return;
	tf.registerKernel({
		kernelName: tf.Conv2DBackpropFilter,
		backendName,
		kernelFunc: ({ inputs, attrs }) => {
			const { x, dy } = inputs as unknown as { readonly x: tf.Tensor4D; readonly dy: tf.Tensor4D };
			const { strides, pad, filterShape } = attrs as unknown as Attributes;
			if (pad !== "valid") throw new RangeError("only convolutions in valid mode are supported");
			return tf.tidy(() => {
				const asBatch = tf.transpose(x, [3, 1, 2, 0]);
				const asFilter = tf.transpose(dy, [1, 2, 0, 3]);
				const sums = tf.conv2d(asBatch, asFilter, 1, "valid", "NHWC", strides);
				// Rows and columns that the stride left over at the far edges give surplus results.
				const [height, width] = filterShape;
				return tf.transpose(tf.slice(sums, [0, 0, 0, 0], [-1, height, width, -1]), [1, 2, 0, 3]);
			});
		},
	});
};
