/** The held-out rows as one public block, on which a browser evaluates models by itself. */
import { MAX_BLOCK_BYTES } from "../../../worker/adapters/ipfs/blockStore.ts";
import { encodeStore } from "../../../worker/core/dataset/store.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import type { Study } from "../../../worker/protocol/study.ts";

/** Of the configuration's field. */
const MOST_CHARACTERS = 200;

/** @param source where the rows come from, in words */
export const heldOutBlock = (study: Study, test: readonly Sample[], source: string) => {
	if (test.length === 0) return undefined;
	let rows = test;
	let bytes = encodeStore(study, rows);
	if (bytes.length > MAX_BLOCK_BYTES) {
		// Rows are of one length; the header has less than 64 kB.
		const perRow = (bytes.length - encodeStore(study, [test[0] as Sample]).length) / (test.length - 1);
		rows = test.slice(0, Math.floor((MAX_BLOCK_BYTES - 65_536) / perRow));
		bytes = encodeStore(study, rows);
	}
	const count = rows.length === test.length ? `${rows.length}` : `the first ${rows.length} of ${test.length}`;
	return { bytes, description: `${count} held-out rows: ${source}`.slice(0, MOST_CHARACTERS) };
};
