/** "inputScaleBits" as "INPUT_SCALE_BITS": a name of the profiles as a Circom function's. */
export const upperSnake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
