/** CIDs of our objects: CIDv1, codec raw, sha2-256, so a contract's bytes32 and a CID are the same thing; docs/PROTOCOL.md section 1. */
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { base32 } from "multiformats/bases/base32";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
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

/** Version, codec, and the multihash's code and length: each below 128 and so one byte as a varint. */
const CID_PREFIX = Uint8Array.of(1, raw.code, SHA2_256, 32);

/**
 * The CID of the block with this SHA-256 digest, base32: https://github.com/multiformats/cid. Not by multiformats' CID, which knows every version,
 * codec and base and is 4 kB of each page of the dApp.
 * @throws RangeError for anything but a digest
 */
export const cidOf = (digest: string): string =>
	base32.encode(concatBytes(CID_PREFIX, hexToBytes(requireDigest(digest).slice(2))));

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
