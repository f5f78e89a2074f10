/** Workers' and errors' texts begin in lower case, as parts of a line in a terminal; on a page they begin a sentence. */
export const capitalized = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
