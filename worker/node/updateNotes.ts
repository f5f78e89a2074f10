/** A hospital's notes of one round: its finished proofs, public material that goes on chain as it is, and the bundle, which nothing else could make again. */
import { z } from "zod";
import type { Transactor } from "../adapters/chain/transactor.ts";
import type { RoundRecord } from "../core/ledger/state.ts";
import { contentDigest } from "../protocol/contentDigest.ts";
import { isKept, ownStore } from "./availability.ts";
import type { Participant } from "./participant.ts";
import { elementSchema, proofSchema } from "./provingKeys.ts";

const encryptionSchema = z.object({
	/** Base64. Kept until the round is over: a store that loses it gets it again, as nothing else has the proven digest. */
	bundle: z.base64(),
	proof: proofSchema,
	gamma: elementSchema,
	y: elementSchema,
	y2: elementSchema,
	shareDigest: elementSchema,
});

export const updateNotesSchema = z.object({
	/** Digest of everything the proofs depend on: a reorganized round makes other proofs. */
	statement: z.string(),
	segments: z.array(z.object({ proof: proofSchema, commitmentOut: elementSchema })),
	encryption: encryptionSchema.optional(),
});
export type UpdateNotes = z.infer<typeof updateNotesSchema>;

export const updateNotesKey = (
	{ connection, transactor }: Pick<Participant, "connection"> & { readonly transactor: Pick<Transactor, "address"> },
	{ roundId }: Pick<RoundRecord, "roundId">,
): string => `update-${connection.scope}-${roundId}-${transactor.address.toLowerCase()}`;

export const bundleOf = ({ bundle }: Pick<z.infer<typeof encryptionSchema>, "bundle">): Uint8Array =>
	new Uint8Array(Buffer.from(bundle, "base64"));

/**
 * Publishes the hospital's bundle of the round again if its own store has lost it: until enough members have their copies it is the only one.
 * @returns whether it was published
 */
export const restoreBundle = async (
	hospital: Pick<Participant, "connection" | "transactor" | "journal" | "own" | "store" | "signal">,
	round: RoundRecord,
): Promise<boolean> => {
	const update = round.updates.find((other) => other.hospital === hospital.transactor.address);
	if (update === undefined || (await isKept(hospital, update.bundleDigest))) return false;
	const notes = await hospital.journal.read(updateNotesKey(hospital, round), updateNotesSchema);
	const bytes = notes?.encryption && bundleOf(notes.encryption);
	if (bytes === undefined || contentDigest(bytes).hex !== update.bundleDigest) return false;
	await ownStore(hospital).put(bytes, { signal: hospital.signal });
	return true;
};
