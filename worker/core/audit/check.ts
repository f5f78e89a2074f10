/** Making one check: its outcome is a value to report, whatever went wrong; only an unreachable chain or IPFS ends the audit. */
import type { Hex } from "viem";
import { STORE_FAILED } from "../../protocol/blockErrors.ts";
import { contentDigest } from "../../protocol/contentDigest.ts";
import { DecentraHealthError, type ErrorCode, isDecentraHealthError } from "../../protocol/errors.ts";
import type { EventPlace } from "../ledger/events.ts";
import type { AuditPorts } from "./ports.ts";
import type { Check, CheckId, CheckPlace } from "./report.ts";

export const mismatch = (message: string): DecentraHealthError =>
	new DecentraHealthError("AUDIT_MISMATCH", {
		message,
		nextStep:
			"Repeat the audit with another RPC node and another gateway. If it stays, the round's result is not what its events say: do not use the model.",
	});

type Comparable = string | number | bigint | boolean | undefined;

/** @throws DecentraHealthError AUDIT_MISMATCH */
export const requireEqual = (what: string, actual: Comparable, expected: Comparable): void => {
	if (actual !== expected) throw mismatch(`${what} is ${actual}, not ${expected}`);
};

/** Says nothing about what is audited: somebody has to repair the connection. */
const INTERRUPTIONS: readonly ErrorCode[] = [
	...STORE_FAILED,
	"RPC_UNREACHABLE",
	"RPC_FAILED",
	"ABORTED",
	"CKKS_FAILED",
];

export const finding = (
	id: CheckId,
	place: CheckPlace,
	status: "failed" | "warning",
	{ code, message, nextStep }: DecentraHealthError,
): Check => ({ id, place, status, detail: message, code, nextStep });

export const isInterruption = ({ code }: DecentraHealthError): boolean => INTERRUPTIONS.includes(code);

const asFinding = (error: unknown): DecentraHealthError => {
	if (isDecentraHealthError(error) && !isInterruption(error)) return error;
	// Functions of the protocol refuse impossible values so: here they came from the chain.
	if (error instanceof RangeError) return mismatch(error.message);
	throw error;
};

export type CheckOptions<T> = {
	readonly run: () => T | Promise<T>;
	/** What was found, for people. */
	readonly detail: string | ((value: T) => string);
	/** How bad it is when `run` throws. */
	readonly severity?: "failed" | "warning";
};

/** Yields the check; returns what `run` found, or undefined when it threw. */
export async function* check<T>(
	id: CheckId,
	place: CheckPlace,
	{ run, detail, severity = "failed" }: CheckOptions<T>,
): AsyncGenerator<Check, { readonly value: T } | undefined> {
	let value: T;
	try {
		value = await run();
	} catch (error) {
		yield finding(id, place, severity, asFinding(error));
		return undefined;
	}
	yield { id, place, status: "ok", detail: typeof detail === "string" ? detail : detail(value) };
	return { value };
}

export const skipped = (id: CheckId, place: CheckPlace, because: string): Check => ({
	id,
	place,
	status: "skipped",
	detail: because,
});

/** @throws DecentraHealthError BLOCK_MISMATCH, and what the port throws */
export const fetchObject = async ({ getBlock }: Pick<AuditPorts, "getBlock">, digest: Hex): Promise<Uint8Array> => {
	const bytes = await getBlock(digest);
	const found = contentDigest(bytes).hex;
	if (found === digest.toLowerCase()) return bytes;
	throw new DecentraHealthError("BLOCK_MISMATCH", {
		message: `the bytes of block ${digest} have digest ${found}`,
		nextStep: "The block is damaged or forged there. Fetch it from another store or gateway.",
	});
};

export const eventPlace = ({
	blockNumber,
	transactionHash,
}: EventPlace): Pick<CheckPlace, "block" | "transaction"> => ({
	block: String(blockNumber),
	transaction: transactionHash,
});
