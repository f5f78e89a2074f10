/** The parts of untyped libraries that we call; snarkjs 0.7.6 and ffjavascript 0.3.1. */

declare module "snarkjs" {
	/** A file held in memory: snarkjs (through fastfile) reads and writes it like a path. */
	export type MemoryFile = { type: "mem"; data?: Uint8Array };
	/** A path, or the bytes themselves. */
	export type FileSource = string | Uint8Array | MemoryFile;
	export type CircuitInput = Readonly<Record<string, unknown>>;

	export type Groth16Proof = {
		pi_a: string[];
		pi_b: string[][];
		pi_c: string[];
		protocol: string;
		curve: string;
	};
	export type VerificationKey = {
		protocol: string;
		curve: string;
		nPublic: number;
		vk_alpha_1: string[];
		vk_beta_2: string[][];
		vk_gamma_2: string[][];
		vk_delta_2: string[][];
		vk_alphabeta_12?: string[][][];
		IC: string[][];
	};
	type Logger = {
		debug(text: string): void;
		info(text: string): void;
		warn(text: string): void;
		error(text: string): void;
	};

	export const wtns: {
		calculate(
			input: CircuitInput,
			wasm: FileSource,
			witness: FileSource,
			options?: { readonly memorySize?: number },
		): Promise<void>;
	};
	export const groth16: {
		prove(
			provingKey: FileSource,
			witness: FileSource,
			logger?: Logger,
			options?: { readonly singleThread?: boolean },
		): Promise<{ proof: Groth16Proof; publicSignals: string[] }>;
		fullProve(
			input: CircuitInput,
			wasm: FileSource,
			provingKey: FileSource,
		): Promise<{ proof: Groth16Proof; publicSignals: string[] }>;
		verify(
			verificationKey: VerificationKey,
			publicSignals: readonly string[],
			proof: Groth16Proof,
			logger?: Logger,
		): Promise<boolean>;
	};
	export const zKey: {
		newZKey(r1cs: FileSource, powersOfTau: FileSource, provingKey: FileSource, logger?: Logger): Promise<Uint8Array>;
		contribute(
			before: FileSource,
			after: FileSource,
			name: string,
			entropy: string,
			logger?: Logger,
		): Promise<Uint8Array>;
		exportVerificationKey(provingKey: FileSource, logger?: Logger): Promise<VerificationKey>;
		exportSolidityVerifier(
			provingKey: FileSource,
			templates: { readonly groth16: string },
			logger?: Logger,
		): Promise<string>;
		verifyFromR1cs(
			r1cs: FileSource,
			powersOfTau: FileSource,
			provingKey: FileSource,
			logger?: Logger,
		): Promise<boolean>;
	};
	export const powersOfTau: {
		newAccumulator(curve: unknown, power: number, file: FileSource, logger?: Logger): Promise<Uint8Array>;
		contribute(
			before: FileSource,
			after: FileSource,
			name: string,
			entropy: string,
			logger?: Logger,
		): Promise<Uint8Array>;
		beacon(
			before: FileSource,
			after: FileSource,
			name: string,
			beaconHash: string,
			iterationsExponent: number,
			logger?: Logger,
		): Promise<Uint8Array>;
		preparePhase2(before: FileSource, after: FileSource, logger?: Logger): Promise<void>;
	};
	export const curves: { getCurveFromName(name: "bn128"): Promise<import("ffjavascript").Bn128> };
}

declare module "ffjavascript" {
	export type Bn128 = {
		readonly tm: {
			/** The WebAssembly module; only of a single-threaded curve. */
			readonly code: Uint8Array;
			/** Threads. */
			readonly concurrency: number;
		};
		readonly Fr: {
			fromRng(rng: ChaCha): Uint8Array;
			toObject(element: Uint8Array): bigint;
		};
		/** Generators in Jacobian Montgomery coordinates (z = 1). */
		readonly G1: {
			readonly g: Uint8Array;
			toAffine(point: Uint8Array): Uint8Array;
			/** sum scalar[i] * point[i]: points affine in Montgomery form, 64 bytes each; scalars of 32 bytes, little endian. */
			multiExpAffine(points: Uint8Array, scalars: Uint8Array): Promise<Uint8Array>;
		};
		readonly G2: { readonly g: Uint8Array };
		terminate(): Promise<void>;
	};
	/** A deterministic generator of 32-bit words. */
	export class ChaCha {
		constructor(seed: readonly number[]);
	}
	export function buildBn128(singleThread?: boolean): Promise<Bn128>;
}
