/** What a keystore keeps, and its encoding inside the encrypted part. */
import { randomBytes } from "node:crypto";
import { babyjubjub } from "@noble/curves/misc.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { Hex } from "viem";
import { z } from "zod";
import { SEED_BYTES } from "../core/dataset/derive.ts";

/** Order l of BabyJubJub's prime subgroup. */
const SUBGROUP_ORDER = babyjubjub.Point.Fn.ORDER;

export type Secrets = {
	/** A committee member's BabyJubJub secret key, in [1, l). */
	readonly shareKey?: bigint | undefined;
	/** A hospital's 32-byte seed: batch order and every salt are derived from it (core/dataset/derive.ts). */
	readonly dataSeed?: Uint8Array | undefined;
	/** Private key of the Ethereum account that the worker signs with by itself: 0x and 64 digits, in [1, order of secp256k1). */
	readonly walletKey?: Hex | undefined;
};

/** True for a private key of an Ethereum account. */
export const isWalletKey = (text: string): text is Hex =>
	/^0x[0-9a-f]{64}$/.test(text) && secp256k1.utils.isValidSecretKey(Buffer.from(text.slice(2), "hex"));

const secretsSchema = z.strictObject({
	shareKey: z
		.string()
		.regex(/^[1-9][0-9]{0,76}$/)
		.transform(BigInt)
		.refine((key) => key < SUBGROUP_ORDER)
		.optional(),
	dataSeed: z
		.string()
		.regex(new RegExp(`^[0-9a-f]{${2 * SEED_BYTES}}$`))
		.transform((text) => new Uint8Array(Buffer.from(text, "hex")))
		.optional(),
	walletKey: z.custom<Hex>((key) => typeof key === "string" && isWalletKey(key)).optional(),
});

/** @throws RangeError when a secret is out of range */
export const encodeSecrets = ({ shareKey, dataSeed, walletKey }: Secrets): Buffer => {
	if (shareKey !== undefined && (shareKey < 1n || shareKey >= SUBGROUP_ORDER)) {
		throw new RangeError("a share key lies in [1, l)");
	}
	if (dataSeed !== undefined && dataSeed.length !== SEED_BYTES) {
		throw new RangeError(`a data seed has ${SEED_BYTES} bytes`);
	}
	if (walletKey !== undefined && !isWalletKey(walletKey)) {
		throw new RangeError("a wallet's key is 0x and 64 lower-case digits, below the curve's order");
	}
	return Buffer.from(
		JSON.stringify({
			...(shareKey === undefined ? {} : { shareKey: shareKey.toString() }),
			...(dataSeed === undefined ? {} : { dataSeed: Buffer.from(dataSeed).toString("hex") }),
			...(walletKey === undefined ? {} : { walletKey }),
		}),
	);
};

/** @throws when the bytes are not what {@link encodeSecrets} makes */
export const decodeSecrets = (bytes: Uint8Array): Secrets =>
	secretsSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));

/** A uniform BabyJubJub secret key in [1, l): 64 random bytes, so the bias is below 2^-256. */
export const randomShareKey = (): bigint =>
	1n + (BigInt(`0x${randomBytes(64).toString("hex")}`) % (SUBGROUP_ORDER - 1n));

export const randomDataSeed = (): Uint8Array => new Uint8Array(randomBytes(SEED_BYTES));

export const randomWalletKey = (): Hex => `0x${Buffer.from(secp256k1.utils.randomSecretKey()).toString("hex")}`;
