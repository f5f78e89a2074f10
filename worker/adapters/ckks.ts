/** CKKS by Microsoft SEAL (node-seal): the homomorphic sum of the updates and its decryption under the opened key sum. */
import {
	type Ciphertext,
	type ClassHandle,
	initialize,
	type MainModule,
	type Plaintext,
	type SecretKey,
} from "node-seal";
import type { SumAndDecrypt } from "../core/aggregation/sumAndDecrypt.ts";
import { centre, publishedCoefficients, reduce } from "../core/aggregation/sumAndDecrypt.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import type { Profile } from "../protocol/profiles.ts";

export type Ckks = {
	/** As plainSumAndDecrypt, computed by SEAL. @throws CKKS_FAILED; RangeError for vectors of another length or range */
	readonly sumAndDecrypt: SumAndDecrypt;
	/** Frees SEAL's objects; the handle is of no use afterwards. */
	readonly close: () => void;
};

const WORD_BYTES = 8;
/** Offset of a ciphertext's "is in NTT form" byte in SEAL's uncompressed serialization (header 16, parms_id 32). */
const NTT_FORM_OFFSET = 48;

/** SEAL's messages name its own checks, never coefficients. Emscripten throws objects that are not Errors. */
const failed = (what: string, cause: unknown): DecentraHealthError =>
	new DecentraHealthError("CKKS_FAILED", {
		message: `SEAL failed: ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
		nextStep:
			"Use Node 22.13 or newer (node-seal's WebAssembly does not load on older ones); if it persists, report it with the versions of Node and node-seal.",
		cause,
	});

const guard = <T>(what: string, run: () => T): T => {
	try {
		return run();
	} catch (error) {
		if (isDecentraHealthError(error) || error instanceof RangeError) throw error;
		throw failed(what, error);
	}
};

/** Runs with a scope whose SEAL objects are freed at its end: nothing in WebAssembly memory is collected by itself. */
const scoped = <T>(run: (own: <H extends ClassHandle>(handle: H) => H) => T): T => {
	const handles: ClassHandle[] = [];
	try {
		return run((handle) => {
			handles.push(handle);
			return handle;
		});
	} finally {
		for (const handle of handles.reverse()) handle.delete();
	}
};

/**
 * Writes polynomials over the last words of a serialized SEAL object of ours. The bytes around them are SEAL's own, so foreign bytes
 * never reach its parser: only coefficients that were checked to be in [0, q).
 */
const withPolynomials = (
	template: Uint8Array,
	polynomials: readonly (readonly bigint[])[],
	profile: Profile,
): Uint8Array => {
	const bytes = new Uint8Array(template);
	const view = new DataView(bytes.buffer);
	let offset = bytes.length - polynomials.length * profile.ringDegree * WORD_BYTES;
	for (const polynomial of polynomials) {
		if (polynomial.length !== profile.ringDegree) throw new RangeError("a polynomial has not N coefficients");
		for (const coefficient of polynomial) {
			if (coefficient < 0n || coefficient >= profile.modulus) throw new RangeError("a coefficient is not in [0, q)");
			view.setBigUint64(offset, coefficient, true);
			offset += WORD_BYTES;
		}
	}
	return bytes;
};

/** The polynomial `fromEnd` places before the end of a serialized object (1: the last). */
const polynomialOf = (bytes: Uint8Array, fromEnd: number, { ringDegree }: Profile): readonly bigint[] => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const start = bytes.length - fromEnd * ringDegree * WORD_BYTES;
	return Array.from({ length: ringDegree }, (_, index) => view.getBigUint64(start + index * WORD_BYTES, true));
};

const createContext = (seal: MainModule, { ringDegree, modulus }: Profile) =>
	scoped((own) => {
		const parameters = own(new seal.EncryptionParameters(seal.SchemeType.ckks));
		parameters.setPolyModulusDegree(ringDegree);
		const moduli = own(new seal.VectorModulus());
		moduli.push_back(own(new seal.Modulus(modulus)));
		parameters.setCoeffModulus(moduli);
		// One prime, so no prime is set aside for key switching (there is none here), and SEAL itself checks q against the
		// 128-bit bound of the Homomorphic Encryption Standard: 53 bits of 54 at N = 2048.
		const context = new seal.SEALContext(parameters, true, seal.SecLevelType.tc128);
		if (context.parametersSet()) return context;
		context.delete();
		throw new Error(`N = ${ringDegree} and q = ${modulus} are no parameters of 128-bit security`);
	});

/**
 * Loads SEAL for one profile; make one per worker thread and close it.
 *
 * What SEAL computes: c_1 enters as the ciphertext (c_1, a), each other c_i as (c_i, 0), and SEAL's Evaluator adds them. All hospitals
 * encrypt with the same a, so the sum (sum c_i, a) is a ciphertext under S = sum s_i; adding the (c_i, a) themselves would count a
 * once per hospital. The coefficients of c_i past W, which nobody published, are entered as zeros; what V then has there is nothing, and dropped. SEAL then transforms the sum, builds the secret key from S and its Decryptor computes c + a*S; the result is
 * transformed back to coefficients by SEAL as well.
 *
 * @throws CKKS_FAILED when SEAL does not load or refuses the parameters
 */
export const createCkks = async (profile: Profile): Promise<Ckks> => {
	const seal = await initialize().catch((error: unknown) => {
		throw failed("loading its WebAssembly", error);
	});
	const context = guard("creating the context", () => createContext(seal, profile));
	const plain = seal.ComprModeType.none;
	const save = (object: Ciphertext | Plaintext | SecretKey): Uint8Array => object.saveToArray(plain);
	const load = (object: Ciphertext | Plaintext | SecretKey, bytes: Uint8Array): void =>
		object.loadFromArray(context, bytes);

	/** Empty objects of SEAL's own making, for withPolynomials. */
	const templates = guard("preparing its objects", () =>
		scoped((own) => {
			const ciphertext = own(new seal.Ciphertext(context, own(context.firstParmsId()), 2));
			ciphertext.resize(2);
			ciphertext.setScale(2 ** profile.deltaBits);
			const secretKey = own(own(new seal.KeyGenerator(context)).secretKey());
			const coefficients = save(ciphertext);
			const transformed = new Uint8Array(coefficients);
			transformed[NTT_FORM_OFFSET] = 1;
			return { coefficients, transformed, secretKey: save(secretKey) };
		}),
	);

	const sumAndDecrypt: SumAndDecrypt = (ciphertexts, publicPolynomial, secretSum) =>
		guard("adding and decrypting", () =>
			scoped((own) => {
				const ciphertextOf = (template: Uint8Array, ...polynomials: readonly (readonly bigint[])[]): Ciphertext => {
					const ciphertext = own(new seal.Ciphertext());
					load(ciphertext, withPolynomials(template, polynomials, profile));
					return ciphertext;
				};
				const zero = Array.from({ length: profile.ringDegree }, () => 0n);
				const evaluator = own(new seal.Evaluator(context));
				const published = publishedCoefficients(ciphertexts, profile);
				const [first, ...others] = ciphertexts.map((ciphertext) => [...ciphertext, ...zero.slice(published)]);
				if (first === undefined) throw new RangeError("no ciphertexts to add");
				const sum = ciphertextOf(templates.coefficients, first, publicPolynomial);
				for (const ciphertext of others) {
					evaluator.addInplace(sum, ciphertextOf(templates.coefficients, ciphertext, zero));
				}
				evaluator.cipherTransformToNttInplace(sum);

				// SEAL transforms polynomials of ciphertexts only: S travels as the first component beside a.
				const secret = secretSum.map((value) => reduce(BigInt(value), profile.modulus));
				const carrier = ciphertextOf(templates.coefficients, secret, publicPolynomial);
				evaluator.cipherTransformToNttInplace(carrier);
				const secretKey = own(new seal.SecretKey());
				load(secretKey, withPolynomials(templates.secretKey, [polynomialOf(save(carrier), 2, profile)], profile));

				const decrypted = own(new seal.Plaintext());
				own(new seal.Decryptor(context, secretKey)).decrypt(sum, decrypted);
				const result = ciphertextOf(
					templates.transformed,
					polynomialOf(save(decrypted), 1, profile),
					polynomialOf(save(sum), 1, profile),
				);
				evaluator.cipherTransformFromNttInplace(result);
				return polynomialOf(save(result), 2, profile)
					.slice(0, published)
					.map((value) => centre(value, profile.modulus));
			}),
		);

	return {
		sumAndDecrypt,
		close: () => {
			if (!context.isDeleted()) context.delete();
		},
	};
};
