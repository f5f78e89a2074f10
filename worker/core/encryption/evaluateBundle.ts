/** What the encryption proof says about a bundle, recomputed from the bundle alone; docs/PROTOCOL.md section 3. */
import { evaluatePolynomial } from "../../protocol/field.ts";
import type { PublicUpdate } from "./encryptUpdate.ts";

/**
 * y = c(gamma) and y2 = Z(gamma), Z the encrypted shares of all members, then R.x, R.y, then the share commitments. A bundle belongs to a
 * proof when the bundle's digest, y and y2 equal the proof's public signals. The decoder has checked every coefficient's range before.
 * @param gamma the proof's public signal, in [0, r)
 */
export const evaluateBundle = (
	{ ciphertext, encryptedShares, ephemeralKey, shareCommitments }: PublicUpdate,
	gamma: bigint,
): { readonly y: bigint; readonly y2: bigint } => ({
	y: evaluatePolynomial(ciphertext, gamma),
	y2: evaluatePolynomial([...encryptedShares.flat(), ephemeralKey.x, ephemeralKey.y, ...shareCommitments], gamma),
});
