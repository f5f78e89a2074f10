/** Sponge with one output, of a domain and a length that are constants: 612 a permutation, three less for each S-box of the first round whose input is a constant. */
export const spongeConstraints = (elements: number): number =>
	612 * Math.ceil(elements / 16) - 3 - 3 * Math.max(0, 16 - elements);
