/**
 * BabyJubJub (EIP-2494): the curve of the committee's share keys, in twisted Edwards coordinates over BN254's scalar field.
 * @noble/curves does the arithmetic.
 */
import { babyjubjub } from "@noble/curves/misc.js";
import { isFieldElement } from "./field.ts";

const { Point } = babyjubjub;

export type CurvePoint = { readonly x: bigint; readonly y: bigint };

/** Order l of the prime subgroup (251 bits); the curve's order is 8 l. */
export const SUBGROUP_ORDER: bigint = Point.Fn.ORDER;

const affine = (point: InstanceType<typeof Point>): CurvePoint => {
	const { x, y } = point.toAffine();
	return { x, y };
};

/** EIP-2494's Base8, which generates the prime subgroup. */
export const BASE_POINT: CurvePoint = affine(Point.BASE);

/** @throws RangeError when the coordinates are not canonical or the point is not on the curve */
const curvePoint = ({ x, y }: CurvePoint): InstanceType<typeof Point> => {
	if (!isFieldElement(x) || !isFieldElement(y)) throw new RangeError("a coordinate is no field element");
	const point = Point.fromAffine({ x, y });
	try {
		point.assertValidity();
	} catch (cause) {
		throw new RangeError("the point is not on BabyJubJub", { cause });
	}
	return point;
};

/** True for a point of order l: on the curve, in the prime subgroup, not the identity. Every other point is refused as a key. */
export const isInPrimeSubgroup = (point: CurvePoint): boolean => {
	try {
		const parsed = curvePoint(point);
		return !parsed.is0() && parsed.isTorsionFree();
	} catch {
		return false;
	}
};

/**
 * scalar * point, in constant time as far as bigint allows.
 * @param scalar in [1, l)
 * @throws RangeError unless the point is on the curve and the scalar in range; a product that is the identity
 */
export const multiplyPoint = (point: CurvePoint, scalar: bigint): CurvePoint => {
	if (scalar < 1n || scalar >= SUBGROUP_ORDER) throw new RangeError("the scalar is not in [1, l)");
	return affine(curvePoint(point).multiply(scalar));
};

/** The public key secret * B. `secret` in [1, l). */
export const publicKeyOf = (secret: bigint): CurvePoint => multiplyPoint(BASE_POINT, secret);

const EIGHTH = Point.Fn.inv(8n);

/**
 * The point Q with 8 Q = publicKeyOf(secret), by which a contract checks cheaply that the key is in the prime subgroup: l is odd, so a
 * point of the curve is 8 times another exactly when its order divides l.
 */
export const cofactorWitness = (secret: bigint): CurvePoint => publicKeyOf(Point.Fn.mul(secret, EIGHTH));
