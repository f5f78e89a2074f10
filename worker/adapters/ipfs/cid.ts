/** CIDs of our objects: CIDv1, codec raw, sha2-256, so a contract's bytes32 and a CID are the same thing; docs/PROTOCOL.md section 1. */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { create as multihash } from "multiformats/hashes/digest";
import { DecentraHealthError } from "../../protocol/errors.ts";

/** SHA-256 as 0x and 64 lower-case hex digits. */
export type Digest = `0x${string}`;

const SHA2_256 = 0x12;
const DIGEST = /^0x[0-9a-f]{64}$/;

export const isDigest = (text: string): text is Digest => DIGEST.test(text);

/** @throws RangeError when it is not 0x and 64 lower-case hex digits */
export const requireDigest = (digest: string): Digest => {
	if (!isDigest(digest)) throw new RangeError("a digest is 0x and 64 lower-case hex digits");
	return digest;
};

/** The CID of the block with this SHA-256 digest, base32. @throws RangeError for anything but a digest */
export const cidOf = (digest: string): string =>
	CID.createV1(raw.code, multihash(SHA2_256, hexToBytes(requireDigest(digest).slice(2)))).toString();

/** The digest inside a CID. @throws DecentraHealthError CONFIG_INVALID unless it is a CIDv1, raw, sha2-256 */
export const digestOf = (text: string): Digest => {
	const cid = parseCid(text);
	if (cid.version !== 1 || cid.code !== raw.code || cid.multihash.code !== SHA2_256 || cid.multihash.size !== 32) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `CID ${text.slice(0, 100)} is not a CIDv1 of a raw block with sha2-256`,
			nextStep: "Every object of a study is one raw block; use its CID, which starts with bafkrei.",
		});
	}
	return `0x${bytesToHex(cid.multihash.digest)}`;
};

const parseCid = (text: string): CID => {
	try {
		return CID.parse(text);
	} catch (cause) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `"${text.slice(0, 100)}" is not a CID`,
			nextStep: "Copy the whole CID; ours start with bafkrei.",
			cause,
		});
	}
};
