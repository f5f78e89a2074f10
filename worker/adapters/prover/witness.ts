/**
 * Witnesses: driver of circom 2's witness calculator (WebAssembly), and the .wtns format. Witnesses are secret and stay in memory.
 * The interface is the one of the witness_calculator.js that circom writes beside each calculator; that script and snarkjs' copy of it
 * print failures to the console and compile the module anew for every witness.
 */
import { readFile } from "node:fs/promises";
import type { CircuitInput } from "snarkjs";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { FIELD_ORDER, toField } from "../../protocol/field.ts";

/** Bytes before the first element: magic, version, section count, header section (element size, prime, count), body's header. */
const WTNS_HEADER = 76;
const ELEMENT_BYTES = 32;
const ELEMENT_WORDS = ELEMENT_BYTES / 4;

type Calculator = {
	readonly init: (sanityCheck: number) => void;
	readonly getInputSize: () => number;
	readonly getInputSignalSize: (hashHigh: number, hashLow: number) => number;
	readonly setInputSignal: (hashHigh: number, hashLow: number, index: number) => void;
	readonly getWitnessSize: () => number;
	readonly getWitness: (wire: number) => void;
	readonly getFieldNumLen32: () => number;
	readonly readSharedRWMemory: (word: number) => number;
	readonly writeSharedRWMemory: (word: number, value: number) => void;
	readonly getMessageChar: () => number;
};

/** Codes that the calculator throws with. */
const FAILURES: Readonly<Record<number, string>> = {
	1: "signal not found",
	2: "too many values for a signal",
	3: "signal set twice",
	4: "a constraint or assertion fails",
	5: "out of memory",
	6: "too many values for an array",
};

const refused = (reason: string): DecentraHealthError =>
	new DecentraHealthError("PROOF_INVALID", {
		message: `the input does not satisfy the circuit: ${reason}`,
		nextStep: "check the statement against docs/PROTOCOL.md: an honest prover's input satisfies every constraint",
	});

const modules = new Map<string, Promise<WebAssembly.Module>>();

const compiled = (path: string): Promise<WebAssembly.Module> => {
	const known = modules.get(path);
	if (known !== undefined) return known;
	const made = readFile(path).then(
		(code) => WebAssembly.compile(code),
		(cause: unknown) => {
			modules.delete(path);
			throw new DecentraHealthError("PROVING_KEY_MISSING", {
				message: `there is no witness calculator ${path}`,
				nextStep: "run `npm run circuits` to compile the circuits and make their keys",
				cause,
			});
		},
	);
	modules.set(path, made);
	return made;
};

const instantiate = async (module: WebAssembly.Module): Promise<Calculator> => {
	let trace = "";
	const message = (): string => {
		let text = "";
		for (let code = calculator.getMessageChar(); code !== 0; code = calculator.getMessageChar()) {
			text += String.fromCharCode(code);
		}
		return text;
	};
	const runtime = {
		exceptionHandler: (code: number) => {
			throw refused(`${FAILURES[code] ?? "unknown failure"}; ${trace.trim() || "no place named"}`);
		},
		// Names template and line of each frame, never a value.
		printErrorMessage: () => {
			trace += `${message()} `;
		},
		// Circom's log(): could print secrets.
		writeBufferMessage: () => void message(),
		showSharedRWMemory: () => undefined,
	};
	const instance = await WebAssembly.instantiate(module, { runtime });
	const calculator = instance.exports as unknown as Calculator;
	return calculator;
};

/** FNV-1a, by which the calculator knows its input signals. */
const hashName = (name: string): readonly [number, number] => {
	let hash = 0xcbf29ce484222325n;
	for (const character of name) {
		hash = BigInt.asUintN(64, (hash ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n);
	}
	return [Number(hash >> 32n), Number(hash & 0xffffffffn)];
};

const setInputs = (calculator: Calculator, input: CircuitInput): void => {
	let given = 0;
	for (const [name, value] of Object.entries(input)) {
		const elements = [value].flat(Number.POSITIVE_INFINITY) as readonly (bigint | number | string)[];
		const hash = hashName(name);
		const size = calculator.getInputSignalSize(...hash);
		if (size < 0) throw refused(`it has no input signal ${name}`);
		if (size !== elements.length) throw refused(`input signal ${name} takes ${size} values, not ${elements.length}`);
		elements.forEach((element, index) => {
			const canonical = toField(BigInt(element));
			for (let word = 0; word < ELEMENT_WORDS; word++) {
				calculator.writeSharedRWMemory(word, Number((canonical >> BigInt(32 * word)) & 0xffffffffn));
			}
			calculator.setInputSignal(...hash, index);
		});
		given += size;
	}
	const needed = calculator.getInputSize();
	if (given !== needed) throw refused(`it takes ${needed} input values, not ${given}`);
};

/**
 * All signals of the circuit for `input`, in the .wtns format.
 * @param wasm path of the circuit's witness calculator
 * @param input every input signal by name: a bigint, number or decimal string, or nested arrays of them; negative values mean r - |x|
 * @throws DecentraHealthError PROVING_KEY_MISSING when there is no calculator at `wasm`,
 *   PROOF_INVALID when the input does not satisfy the circuit (the message names templates and lines, never a value)
 */
export const calculateWitness = async (wasm: string, input: CircuitInput): Promise<Uint8Array> => {
	const calculator = await instantiate(await compiled(wasm));
	if (calculator.getFieldNumLen32() !== ELEMENT_WORDS) throw refused("the circuit is over another field");
	calculator.init(0);
	setInputs(calculator, input);
	const wires = calculator.getWitnessSize();
	const bytes = new Uint8Array(WTNS_HEADER + wires * ELEMENT_BYTES);
	const view = new DataView(bytes.buffer);
	bytes.set(new TextEncoder().encode("wtns"));
	const [version, sections, header, body] = [2, 2, 1, 2];
	view.setUint32(4, version, true);
	view.setUint32(8, sections, true);
	view.setUint32(12, header, true);
	view.setBigUint64(16, BigInt(8 + ELEMENT_BYTES), true);
	view.setUint32(24, ELEMENT_BYTES, true);
	for (let word = 0; word < 4; word++) {
		view.setBigUint64(28 + 8 * word, BigInt.asUintN(64, FIELD_ORDER >> BigInt(64 * word)), true);
	}
	view.setUint32(60, wires, true);
	view.setUint32(64, body, true);
	view.setBigUint64(68, BigInt(wires * ELEMENT_BYTES), true);
	for (let wire = 0; wire < wires; wire++) {
		calculator.getWitness(wire);
		for (let word = 0; word < ELEMENT_WORDS; word++) {
			view.setUint32(WTNS_HEADER + wire * ELEMENT_BYTES + 4 * word, calculator.readSharedRWMemory(word), true);
		}
	}
	return bytes;
};

/** The elements of a .wtns witness, wire 0 (the constant 1) first. */
export const witnessElements = (bytes: Uint8Array): readonly bigint[] => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return Array.from({ length: (bytes.byteLength - WTNS_HEADER) / ELEMENT_BYTES }, (_, index) => {
		const at = WTNS_HEADER + index * ELEMENT_BYTES;
		return (
			view.getBigUint64(at, true) |
			(view.getBigUint64(at + 8, true) << 64n) |
			(view.getBigUint64(at + 16, true) << 128n) |
			(view.getBigUint64(at + 24, true) << 192n)
		);
	});
};
