/**
 * Forgeries that are consistent in themselves: the witness of another true statement, handed in for this one. Only the signals that
 * state it keep their values, so everything behind the lie agrees with it, and the check that should catch it stands alone.
 */
import type { TestCircuit, Witness } from "./testCircuit.ts";

/**
 * @param keep whether a signal, by its first name ("main.in"), keeps the honest value
 * @returns the other witness with the kept signals of the honest one
 */
export const borrowedWitness = (
	{ symbols }: TestCircuit,
	honest: Witness,
	other: Witness,
	keep: (signal: string) => boolean,
): Witness => honest.map((value, wire) => (wire === 0 || keep(symbols.name(wire)) ? value : (other[wire] as bigint)));
