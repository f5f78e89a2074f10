/** The member's side of the sharing; docs/PROTOCOL.md sections 3 and 5.4. */
import type { CurvePoint } from "../../protocol/babyJubJub.ts";
import { Fr } from "../../protocol/field.ts";
import { sharePads } from "./pads.ts";

/** What one member learns from one hospital's bundle. Secret: t members' shares open the update. */
export type OpenedShares = {
	/** f_k(memberIndex): K elements in [0, r). */
	readonly shares: readonly bigint[];
	/** b_j, which with the shares opens the bundle's commitment m_j; in [0, r). */
	readonly blind: bigint;
};

/**
 * A member's shares of one hospital's packed key: the encrypted shares without their pads.
 * @param memberSecret the member's share key, in [1, l)
 * @param memberIndex in the committee's order, 1..n
 * @param ephemeralKey R of the bundle, in the prime-order subgroup (the bundle's decoder checks it)
 * @param encryptedShares this member's K elements of the bundle
 * @param context of the bundle
 */
export const openShares = (
	memberSecret: bigint,
	memberIndex: number,
	ephemeralKey: CurvePoint,
	encryptedShares: readonly bigint[],
	context: bigint,
): OpenedShares => {
	const count = encryptedShares.length;
	const { pads, blind } = sharePads({
		scalar: memberSecret,
		point: ephemeralKey,
		member: memberIndex,
		context,
		count,
	});
	return { shares: encryptedShares.map((share, k) => Fr.sub(share, pads[k] as bigint)), blind };
};
