/** What a contract said when it refused, wherever in an error a library, a wallet or a node has put it. */
import { type Abi, type AbiItem, BaseError, decodeErrorResult, type Hex, isHex, parseAbi, size } from "viem";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";

/** What the generated verifiers add: they refuse to be deployed with development keys off development chains. */
export const verifierErrorsAbi = parseAbi(["error Verifier__DevelopmentKeys(uint256 chainId)"]);

/** Of the language itself: require with a reason, and panics. */
const languageAbi = parseAbi(["error Error(string reason)", "error Panic(uint256 code)"]);

const errorsOf = (abi: Abi): AbiItem[] => abi.filter(({ type }) => type === "error");

const ALL_ERRORS: Abi = [
	hospitalRegistryAbi,
	modelRegistryAbi,
	roundManagerAbi,
	verifierErrorsAbi,
	languageAbi,
].flatMap(errorsOf);

export type Revert =
	| { readonly kind: "known"; readonly name: string; readonly args: readonly unknown[] }
	/** Data of no error of ours; empty when the contract gave none. */
	| { readonly kind: "unknown"; readonly data: Hex };

const MOST_DEPTH = 12;

/** `data` of a JSON-RPC error: the bytes, or an object with the bytes. Wallets wrap the node's error in their own. */
const bytesIn = (value: unknown, depth = 0): Hex | undefined => {
	if (isHex(value, { strict: true }) && value.length % 2 === 0) return value;
	if (depth > MOST_DEPTH || typeof value !== "object" || value === null) return undefined;
	const { data, cause, originalError, error } = value as Readonly<Record<string, unknown>>;
	for (const part of [data, originalError, error, cause]) {
		const found = bytesIn(part, depth + 1);
		if (found !== undefined) return found;
	}
	return undefined;
};

const saysReverted = (error: unknown): boolean =>
	error instanceof BaseError &&
	error.walk((one) => one instanceof Error && one.name === "ExecutionRevertedError") !== null;

/** Selectors are 4 bytes; with fewer, nothing was said. */
const SELECTOR_BYTES = 4;

export const decodeRevert = (data: Hex): Revert => {
	if (size(data) < SELECTOR_BYTES) return { kind: "unknown", data };
	try {
		const { errorName, args } = decodeErrorResult({ abi: ALL_ERRORS, data });
		return { kind: "known", name: errorName, args: args ?? [] };
	} catch {
		return { kind: "unknown", data };
	}
};

/** Undefined when the error is not a contract's refusal. */
export const revertOf = (error: unknown): Revert | undefined => {
	const data = bytesIn(error);
	// A transaction's hash, an address or call data may be beside an error of another kind; a refusal has the length of its error.
	if (data !== undefined) {
		const decoded = decodeRevert(data);
		if (decoded.kind === "known") return decoded;
	}
	return saysReverted(error) ? { kind: "unknown", data: data ?? "0x" } : undefined;
};
