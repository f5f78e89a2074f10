/** The key sum: one committee member's sum of shares over a frozen set; docs/PROTOCOL.md sections 4 and 5.4. */
import type { Profile } from "../../protocol/profiles.ts";
import { byteReader, ELEMENT_BYTES } from "./byteReader.ts";
import { byteWriter } from "./byteWriter.ts";

const MAGIC = "DHKS";
const VERSION = 1;
const DIGEST_BYTES = 32;
const HEADER_BYTES = MAGIC.length + 1 + 1 + 2 + 4 + DIGEST_BYTES;

export type KeySum = {
	/** Evaluation point of the member's shares: 1..n in committee order. */
	readonly memberIndex: number;
	/** u32 */
	readonly roundId: number;
	readonly frozenSetDigest: `0x${string}`;
	/** K sums T_k = sum over the frozen set of f_(i,k)(memberIndex), in [0, r). */
	readonly values: readonly bigint[];
};

/** What the chain says about the object: who posted it, in which round, for which set. */
export type KeySumExpectation = Pick<KeySum, "memberIndex" | "roundId" | "frozenSetDigest">;

export const keySumLength = (profile: Profile): number => HEADER_BYTES + profile.keyElements * ELEMENT_BYTES;

/** @throws RangeError when a value is out of range or the vector has not K elements */
export const encodeKeySum = (keySum: KeySum, profile: Profile): Uint8Array => {
	const writer = byteWriter(keySumLength(profile));
	writer.magic(MAGIC);
	writer.u8(VERSION);
	writer.u8(keySum.memberIndex);
	writer.u16(profile.keyElements);
	writer.u32(keySum.roundId);
	writer.hex(keySum.frozenSetDigest, DIGEST_BYTES);
	if (keySum.values.length !== profile.keyElements) throw new RangeError("the key sum has not K elements");
	for (const value of keySum.values) writer.element(value);
	return writer.finish();
};

/**
 * Parses foreign bytes; nothing of them is used before every check has passed.
 * @throws KEY_SUM_MALFORMED with field and byte offset, also when it belongs to another member, round or frozen set
 */
export const decodeKeySum = (bytes: Uint8Array, profile: Profile, expected: KeySumExpectation): KeySum => {
	const { fail, ...reader } = byteReader(bytes, {
		object: `key sum of member ${expected.memberIndex}`,
		code: "KEY_SUM_MALFORMED",
		nextStep:
			"Fetch the object again and compare its digest with the one on chain; if they agree, its member published it so: go on with the other members' key sums.",
	});
	reader.magic(MAGIC);
	const version = reader.u8("version");
	if (version !== VERSION) fail("version", `${version} is unknown, this program reads ${VERSION}`);
	const memberIndex = reader.u8("memberIndex");
	if (memberIndex !== expected.memberIndex) fail("memberIndex", `${memberIndex} instead of ${expected.memberIndex}`);
	const count = reader.u16("K");
	if (count !== profile.keyElements) fail("K", `${count} instead of ${profile.keyElements} (${profile.name})`);
	const roundId = reader.u32("roundId");
	if (roundId !== expected.roundId) fail("roundId", `${roundId} instead of ${expected.roundId}`);
	const frozenSetDigest = reader.hex("frozenSetDigest", DIGEST_BYTES);
	if (frozenSetDigest !== expected.frozenSetDigest.toLowerCase()) {
		fail("frozenSetDigest", `${frozenSetDigest} instead of ${expected.frozenSetDigest}`);
	}
	reader.requireLength(keySumLength(profile));
	const values = Array.from({ length: count }, (_, index) => reader.element(`T[${index}]`));
	return { memberIndex, roundId, frozenSetDigest, values };
};
