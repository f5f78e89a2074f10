/**
 * The BN254 scalar field, in which every circuit works. Elements are bigint in [0, r).
 * Source: EIP-197; @noble/curves does the arithmetic.
 */
import { bn254 } from "@noble/curves/bn254.js";

/** Arithmetic in the field: add, sub, mul, inv, create (reduces any bigint). */
export const Fr = bn254.fields.Fr;

/** Order r of the field (254 bits). */
export const FIELD_ORDER: bigint = Fr.ORDER;

/** A signed integer as a field element: negative values count down from r. */
export const toField = (value: bigint): bigint => Fr.create(value);

/** True for a canonical field element. */
export const isFieldElement = (value: bigint): boolean => value >= 0n && value < FIELD_ORDER;

/** A field element as the signed integer nearest zero, in (-r/2, r/2). */
export const toSigned = (element: bigint): bigint => (element > FIELD_ORDER / 2n ? element - FIELD_ORDER : element);

/**
 * sum_i coefficients[i] * point^i in the field, by Horner's rule.
 * Coefficients are any integers >= 0; point in [0, r).
 */
export const evaluatePolynomial = (coefficients: readonly bigint[], point: bigint): bigint => {
	let value = 0n;
	for (let index = coefficients.length - 1; index >= 0; index--) {
		value = (value * point + (coefficients[index] as bigint)) % FIELD_ORDER;
	}
	return value;
};
