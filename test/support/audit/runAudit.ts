/** Audits of synthetic chains, and changes to single facts of them. */
import assert from "node:assert/strict";
import type { Hex } from "viem";
import { type AuditOptions, audit } from "../../../worker/core/audit/audit.ts";
import type { AuditPorts } from "../../../worker/core/audit/ports.ts";
import { type Check, checkSchema } from "../../../worker/core/audit/report.ts";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { headerOf, proofKey, type SyntheticChain } from "./ledgerWriter.ts";

/** Ports over the chain; proofs are valid when the keys' owner made them for exactly these signals. */
export const portsOf = (chain: SyntheticChain): AuditPorts => ({
	chainId: chain.chainId,
	deployment: chain.deployment,
	events: chain.events,
	counts: chain.counts,
	getBlock: async (digest) => {
		const bytes = chain.blocks.get(digest);
		if (bytes !== undefined) return bytes;
		throw new DecentraHealthError("BLOCK_MISSING", { message: `no block ${digest}`, nextStep: "Publish it." });
	},
	getHeader: async (blockNumber) => chain.headers.get(blockNumber) ?? headerOf(blockNumber),
	verifyProof: async (key, signals, proof) => chain.validProofs.has(proofKey(key, signals, proof)),
});

export const auditChain = async (
	chain: SyntheticChain,
	changes: Partial<AuditPorts> = {},
	options: AuditOptions = {},
): Promise<Check[]> => {
	const checks: Check[] = [];
	for await (const check of audit({ ...portsOf(chain), ...changes }, options)) checks.push(checkSchema.parse(check));
	return checks;
};

export const notOk = (checks: readonly Check[]): readonly Check[] => checks.filter(({ status }) => status !== "ok");

/** A copy that a test may change. Blocks are shared until replaced: change copies of their bytes. */
export const cloneChain = (chain: SyntheticChain): SyntheticChain => ({
	...chain,
	events: structuredClone(chain.events),
	counts: { ...chain.counts },
	blocks: new Map(chain.blocks),
	headers: new Map(chain.headers),
	validProofs: new Set(chain.validProofs),
});

/** The types without `readonly`: tests change decoded events in place. */
export type Mutable<T> = T extends (...args: never[]) => unknown
	? T
	: T extends object
		? { -readonly [Key in keyof T]: Mutable<T[Key]> }
		: T;

type EventNamed<Name extends LedgerEvent["name"]> = Mutable<Extract<LedgerEvent, { name: Name }>>;

/** The nth event of this name, from 0; negative counts from the end. */
export const eventOf = <Name extends LedgerEvent["name"]>(
	chain: SyntheticChain,
	name: Name,
	nth = 0,
): EventNamed<Name> => {
	const event = chain.events.filter((candidate) => candidate.name === name).at(nth);
	assert.ok(event !== undefined, `no ${name} ${nth}`);
	return event as EventNamed<Name>;
};

/** Removes an event, as a node that left it out. */
export const dropEvent = (chain: SyntheticChain, event: unknown): void => {
	const index = chain.events.indexOf(event as LedgerEvent);
	assert.ok(index >= 0);
	chain.events.splice(index, 1);
};

/** The block's bytes after `change`, still under the old digest. */
export const damageBlock = (chain: SyntheticChain, digest: Hex, change: (bytes: Uint8Array) => void): void => {
	const bytes = chain.blocks.get(digest)?.slice();
	assert.ok(bytes !== undefined);
	change(bytes);
	chain.blocks.set(digest, bytes);
};
