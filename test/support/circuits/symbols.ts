/** circom's .sym file: which witness wire carries which signal. */
import { readFileSync } from "node:fs";

export type Symbols = {
	/**
	 * Wire of a signal ("main.x[3]"; the "main." may be left out).
	 * @throws RangeError when the circuit has no such signal, or its simplification removed it
	 */
	readonly wire: (signal: string) => number;
	/** Wires of an array signal "x": x[0], x[1], ... (x[0][0], x[0][1], ...) in row-major order, all of them still in the witness. */
	readonly array: (signal: string) => readonly number[];
	/** Every signal still in the witness, with its wire. */
	readonly wires: ReadonlyMap<string, number>;
	/** First name of a wire; "one" for wire 0. */
	readonly name: (wire: number) => string;
};

export const readSymbols = (path: string): Symbols => {
	const wires = new Map<string, number>();
	const names = new Map<number, string>([[0, "one"]]);
	const removed = new Set<string>();
	for (const line of readFileSync(path, "utf8").split("\n")) {
		if (line === "") continue;
		const [, wireText, , name] = line.split(",") as [string, string, string, string];
		const wire = Number(wireText);
		if (wire < 0) removed.add(name);
		else {
			wires.set(name, wire);
			if (!names.has(wire)) names.set(wire, name);
		}
	}
	const full = (signal: string): string => (signal.startsWith("main.") ? signal : `main.${signal}`);
	return {
		wires,
		array: (signal) => {
			const prefix = `${full(signal)}[`;
			const isElement = (name: string) => name.startsWith(prefix) && !name.slice(prefix.length).includes(".");
			if ([...removed].some(isElement)) throw new RangeError(`simplification removed elements of ${signal}: use "O0"`);
			// circom lists an array's elements in row-major order, and Map keeps that order.
			const found = [...wires].filter(([name]) => isElement(name)).map(([, wire]) => wire);
			if (found.length === 0) throw new RangeError(`the circuit has no array signal ${full(signal)}`);
			return found;
		},
		wire: (signal) => {
			const name = full(signal);
			const wire = wires.get(name);
			if (wire !== undefined) return wire;
			if (removed.has(name)) {
				throw new RangeError(`simplification removed ${name} (it is linear in others): compile with optimization "O0"`);
			}
			throw new RangeError(`the circuit has no signal ${name}`);
		},
		name: (wire) => names.get(wire) ?? `wire ${wire}`,
	};
};
