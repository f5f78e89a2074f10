/** The member's side of the sharing; docs/PROTOCOL.md sections 3 and 5.4. */
import type { CurvePoint } from "../../protocol/babyJubJub.ts";
import { Fr } from "../../protocol/field.ts";
import { sharePads } from "./pads.ts";

/**
 * A member's shares f_k(memberIndex) of one hospital's packed key: the encrypted shares without their pads.
 * @param memberSecret the member's share key, in [1, l)
 * @param memberIndex in the committee's order, 1..n
 * @param ephemeralKey R of the bundle, in the prime-order subgroup (the bundle's decoder checks it)
 * @param encryptedShares this member's K elements of the bundle
 * @param context of the bundle
 * @returns K elements in [0, r)
 */
export const decryptShares = (
	memberSecret: bigint,
	memberIndex: number,
	ephemeralKey: CurvePoint,
	encryptedShares: readonly bigint[],
	context: bigint,
): readonly bigint[] => {
	const count = encryptedShares.length;
	const pads = sharePads({ scalar: memberSecret, point: ephemeralKey, member: memberIndex, context, count });
	return encryptedShares.map((share, k) => Fr.sub(share, pads[k] as bigint));
};
