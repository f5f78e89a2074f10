/** BabyJubJub share keys for contract tests, from small known secrets. */
import { babyjubjub } from "@noble/curves/misc.js";

const { Point } = babyjubjub;

export type TestShareKey = {
	readonly x: bigint;
	readonly y: bigint;
	/** A point Q with 8 Q = (x, y). */
	readonly qx: bigint;
	readonly qy: bigint;
};

/** The key of `secret` in [1, l): 8 Q for Q = (secret / 8) times the base point. */
export const testShareKey = (secret: bigint): TestShareKey => {
	const key = Point.BASE.multiply(secret).toAffine();
	const q = Point.BASE.multiply(Point.Fn.mul(secret, Point.Fn.inv(8n))).toAffine();
	return { x: key.x, y: key.y, qx: q.x, qy: q.y };
};

export const registerShareKeyArgs = ({ x, y, qx, qy }: TestShareKey) => [x, y, qx, qy] as const;
