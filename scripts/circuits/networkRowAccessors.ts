/** circuits/generated/NetworkRows.circom: the columns of a network's rows as Circom functions BLOCK_*, from the table in worker/protocol. */
import { BLOCK_COLUMNS } from "../../worker/protocol/networkRows.ts";
import { upperSnake } from "./upperSnake.ts";

/** The file's text after its header. */
export const networkRowAccessors = (): string =>
	[
		"// Columns of a block's row: worker/protocol/networkRows.ts.",
		...BLOCK_COLUMNS.map(
			(column, index) => `function BLOCK_${upperSnake(column)}(block) {\n    return block[${index}];\n}\n`,
		),
	].join("\n");
