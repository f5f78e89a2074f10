/** Area under the ROC curve of samples that count several times, as a bootstrap asks for many times: sorted once, then linear. */

/**
 * @param scores higher means more likely positive
 * @returns for how often each sample counts: the share of pairs (positive, negative) in the right order, ties for half; NaN without a pair
 */
export const weightedAreaUnderRoc = (
	scores: readonly number[],
	isPositive: (index: number) => boolean,
): ((counts: Uint32Array) => number) => {
	const order = scores.map((_, index) => index).sort((a, b) => (scores[a] as number) - (scores[b] as number));
	const positive = Uint8Array.from(scores, (_, index) => Number(isPositive(index)));
	/** Position after the last sample of the same score, for the first of them. */
	const ends = order.map((sample, position) => {
		let end = position + 1;
		while (end < order.length && scores[order[end] as number] === scores[sample]) end++;
		return end;
	});
	return (counts) => {
		let negativesBelow = 0;
		let positives = 0;
		let pairs = 0;
		for (let start = 0; start < order.length; ) {
			const end = ends[start] as number;
			let tiedPositives = 0;
			let tiedNegatives = 0;
			for (let position = start; position < end; position++) {
				const sample = order[position] as number;
				if (positive[sample] === 1) tiedPositives += counts[sample] as number;
				else tiedNegatives += counts[sample] as number;
			}
			pairs += tiedPositives * (negativesBelow + tiedNegatives / 2);
			negativesBelow += tiedNegatives;
			positives += tiedPositives;
			start = end;
		}
		return pairs / (positives * negativesBelow);
	};
};
