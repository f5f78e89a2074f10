/**
 * A network as the parameters of the training circuits. They read a row's columns by name: circuits/generated/NetworkRows.circom has a function
 * for each, made from {@link BLOCK_COLUMNS} by scripts/circuits/generateConstants.ts.
 */
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

type BlockColumn = (typeof BLOCK_COLUMNS)[number];

const columnsOf = (block: Block): Readonly<Record<BlockColumn, number>> => ({
	inHeight: block.input.height,
	inWidth: block.input.width,
	channels: block.input.channels,
	kernelHeight: block.kernelHeight,
	kernelWidth: block.kernelWidth,
	strideHeight: block.strideHeight,
	strideWidth: block.strideWidth,
	filters: block.filters,
	poolBeforeHeight: block.poolBefore[0],
	poolBeforeWidth: block.poolBefore[1],
	relu: block.relu ? 1 : 0,
	poolAfterHeight: block.poolAfter[0],
	poolAfterWidth: block.poolAfter[1],
	inputScaleBits: block.inputScaleBits,
	preActivationScaleBits: block.preActivationScaleBits,
	inputBits: block.inputBits,
	gradientScaleBits: block.gradientScaleBits,
});

const blockRow = (block: Block): readonly number[] => {
	const columns = columnsOf(block);
	return BLOCK_COLUMNS.map((column) => columns[column]);
};

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
