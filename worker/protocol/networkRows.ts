/** A network as the parameters of the training circuits: circuits/training/TrainStep.circom reads the rows by these columns. */
import type { Block, Network } from "./network.ts";

/** Columns of a block's row, in order. */
export const BLOCK_COLUMNS = [
	"inHeight",
	"inWidth",
	"channels",
	"kernelHeight",
	"kernelWidth",
	"strideHeight",
	"strideWidth",
	"filters",
	"poolBeforeHeight",
	"poolBeforeWidth",
	"relu",
	"poolAfterHeight",
	"poolAfterWidth",
	"inputScaleBits",
	"preActivationScaleBits",
	"inputBits",
	"gradientScaleBits",
] as const;

const blockRow = (block: Block): readonly number[] => [
	...[block.input.height, block.input.width, block.input.channels],
	...[block.kernelHeight, block.kernelWidth, block.strideHeight, block.strideWidth, block.filters],
	...block.poolBefore,
	block.relu ? 1 : 0,
	...block.poolAfter,
	...[block.inputScaleBits, block.preActivationScaleBits, block.inputBits, block.gradientScaleBits],
];

/** One row of {@link BLOCK_COLUMNS} per block: the circuits' parameter `blocks`. */
export const blockRows = ({ blocks }: Network): readonly (readonly number[])[] => blocks.map(blockRow);

/** The circuits' parameter `classes`: 0 for binary cross-entropy, else the number of logits of the softmax. */
export const lossClasses = ({
	loss,
	classes,
}: {
	readonly loss: string;
	readonly classes: readonly string[];
}): number => (loss === "softmax-cross-entropy" ? classes.length : 0);
