/** Bundles of a round as a member or an observer gets them: fetched, parsed, and held against what their proof says. */

import { type Bundle, decodeBundle } from "../core/codecs/bundle.ts";
import { evaluateBundle } from "../core/encryption/evaluateBundle.ts";
import type { RoundRecord, UpdateRecord } from "../core/ledger/state.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";
import { standardProfile } from "../protocol/profiles.ts";
import type { Participant } from "./participant.ts";

export type CheckedBundle =
	| { readonly status: "consistent"; readonly bundle: Bundle }
	/** The bytes are the registered ones, but not what the proof says: `challengeUpdate` removes the update. */
	| { readonly status: "inconsistent"; readonly bytes: Uint8Array; readonly problem: string };

/**
 * Fetches an update's bundle and recomputes y = c(gamma) and y2; docs/PROTOCOL.md section 3.
 * @throws DecentraHealthError BLOCK_MISSING, IPFS_UNREACHABLE when the bundle can't be had
 */
export const fetchBundle = async (
	{ store, signal }: Pick<Participant, "store" | "signal">,
	round: Pick<RoundRecord, "opening">,
	update: UpdateRecord,
	threshold: number,
): Promise<CheckedBundle> => {
	const bytes = await store.get(update.bundleDigest, { signal });
	let bundle: Bundle;
	try {
		const expected = { members: round.opening.committee.length, threshold, context: update.context };
		bundle = decodeBundle(bytes, standardProfile, expected);
	} catch (error) {
		if (!isDecentraHealthError(error)) throw error;
		return { status: "inconsistent", bytes, problem: error.message };
	}
	const { gamma, y, y2 } = update.encryption;
	const evaluated = evaluateBundle(bundle, gamma);
	if (evaluated.y !== y) return { status: "inconsistent", bytes, problem: "the ciphertext is not the proven one" };
	if (evaluated.y2 !== y2) return { status: "inconsistent", bytes, problem: "the key shares are not the proven ones" };
	return { status: "consistent", bundle };
};
