/** A member's key sum; docs/PROTOCOL.md sections 3.1 and 5.4. */
import { FIELD_ORDER } from "../../protocol/field.ts";

/**
 * T_k = sum over the frozen set of f_(i,k)(member).
 * @param shares per update of the frozen set, the member's K shares in [0, r)
 * @returns K elements in [0, r)
 */
export const keySumValues = (shares: readonly (readonly bigint[])[]): readonly bigint[] => {
	const [first, ...others] = shares;
	if (first === undefined) throw new RangeError("a key sum of no updates");
	if (others.some(({ length }) => length !== first.length)) throw new RangeError("shares of different lengths");
	return first.map((share, k) => others.reduce((sum, row) => sum + (row[k] as bigint), share) % FIELD_ORDER);
};
