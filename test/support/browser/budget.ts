/** Compressed JavaScript of the overview's first load, bytes. */
export const FIRST_LOAD_BUDGET = 250_000;
