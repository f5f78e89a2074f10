/** The pads that hide a member's shares and the blind of their commitment; docs/PROTOCOL.md section 3, circuits/lib/shamir/SharePads.circom. */
import { type CurvePoint, multiplyPoint } from "../../protocol/babyJubJub.ts";
import { sponge } from "../../protocol/poseidon.ts";

/** Bits of rho; kappa = 2^249 + 1 + 2 rho then stays below the subgroup's order. */
export const EPHEMERAL_BITS = 249;

/** The ephemeral scalar of rho in [0, 2^249): odd and in [1, l), see circuits/lib/curve/EphemeralScalar.circom. */
export const ephemeralScalar = (rho: bigint): bigint => {
	if (rho < 0n || rho >= 1n << BigInt(EPHEMERAL_BITS)) throw new RangeError(`rho is not in [0, 2^${EPHEMERAL_BITS})`);
	return (1n << BigInt(EPHEMERAL_BITS)) + 1n + 2n * rho;
};

/**
 * K pads and the blind, K + 1 elements squeezed from the Diffie-Hellman point of a member's key and a hospital's ephemeral key:
 * `scalar * point` is kappa * PK_j for the hospital and secret_j * R for the member.
 * @param member index in 1..n
 * @param count K
 */
export const sharePads = ({
	scalar,
	point,
	member,
	context,
	count,
}: {
	scalar: bigint;
	point: CurvePoint;
	member: number;
	context: bigint;
	count: number;
}): { readonly pads: readonly bigint[]; readonly blind: bigint } => {
	const shared = multiplyPoint(point, scalar);
	const squeezed = sponge("pad", [shared.x, shared.y, BigInt(member), context], count + 1);
	return { pads: squeezed.slice(0, count), blind: squeezed[count] as bigint };
};
