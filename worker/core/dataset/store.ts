/**
 * The normalized store: quantized samples of one study in one file. Little endian:
 * magic 8 | u32 version | u32 header length | header (JSON, UTF-8) | samples: one label byte, then the inputs' bytes, each | SHA-256 of all before.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { Sample } from "../../protocol/merkle.ts";
import { architectureOf, type Study } from "../../protocol/study.ts";
import { classCounts } from "./labels.ts";
import type { InputDefinition } from "./raw.ts";

/** The high bit and the line ends show a transfer that took the file for text, as in PNG. */
export const STORE_MAGIC: Uint8Array = Uint8Array.of(0x89, 0x44, 0x48, 0x44, 0x0d, 0x0a, 0x1a, 0x0a);
const VERSION = 1;
const PREFIX_BYTES = STORE_MAGIC.length + 8;
const DIGEST_BYTES = 32;
const MOST_HEADER_BYTES = 65_536;

const headerSchema = z.strictObject({
	study: z.string().max(64),
	/** SHA-256 of what makes inputs of rows: {@link inputDefinitionDigest}. */
	definition: z.string().regex(/^[0-9a-f]{64}$/),
	samples: z
		.int()
		.min(1)
		.max(2 ** 24),
	/** Bytes of a sample's inputs. */
	inputs: z
		.int()
		.min(1)
		.max(2 ** 20),
	/** Samples by class, in the study's order. */
	classes: z.array(z.int().min(0)).min(1).max(64),
});

/** SHA-256, hex, of a study's input shape, preprocessing and classes: samples are exchangeable between studies where these are equal. */
export const inputDefinitionDigest = ({ input, preprocessing, classes }: InputDefinition): string => {
	// Keys sorted at each level, so that two objects with the same content have the same digest.
	const sorted = (value: unknown): unknown =>
		Array.isArray(value)
			? value.map(sorted)
			: typeof value === "object" && value !== null
				? Object.fromEntries(
						Object.entries(value)
							.sort(([a], [b]) => (a < b ? -1 : 1))
							.map(([key, inner]) => [key, sorted(inner)]),
					)
				: value;
	return bytesToHex(sha256(utf8ToBytes(JSON.stringify(sorted({ input, preprocessing, classes })))));
};

/** @throws RangeError when a sample is not of the study */
export const encodeStore = (study: Study, samples: readonly Sample[]): Uint8Array => {
	const { inputCount } = architectureOf(study);
	const header = utf8ToBytes(
		JSON.stringify({
			study: study.name,
			definition: inputDefinitionDigest(study),
			samples: samples.length,
			inputs: inputCount,
			classes: [...classCounts(samples, study.classes)],
		} satisfies z.input<typeof headerSchema>),
	);
	const end = PREFIX_BYTES + header.length + samples.length * (1 + inputCount);
	const bytes = new Uint8Array(end + DIGEST_BYTES);
	const view = new DataView(bytes.buffer);
	bytes.set(STORE_MAGIC);
	view.setUint32(STORE_MAGIC.length, VERSION, true);
	view.setUint32(STORE_MAGIC.length + 4, header.length, true);
	bytes.set(header, PREFIX_BYTES);
	samples.forEach(({ inputs, label }, index) => {
		if (inputs.length !== inputCount || label >= study.classes.length)
			throw new RangeError(`sample ${index} is of another study`);
		const at = PREFIX_BYTES + header.length + index * (1 + inputCount);
		bytes[at] = label;
		bytes.set(inputs, at + 1);
	});
	bytes.set(sha256(bytes.subarray(0, end)), end);
	return bytes;
};

const damaged = (source: string, problem: string): DecentraHealthError =>
	new DecentraHealthError("DATASET_UNREADABLE", {
		message: `${source}: the normalized store ${problem}`,
		nextStep: "Make it anew with `npm run worker -- data import`.",
	});

/** @throws DecentraHealthError DATASET_UNREADABLE for a damaged store, DATASET_FOREIGN for one of another study */
export const decodeStore = (bytes: Uint8Array, study: Study, source: string): readonly Sample[] => {
	if (bytes.length < PREFIX_BYTES + DIGEST_BYTES || STORE_MAGIC.some((byte, index) => bytes[index] !== byte)) {
		throw damaged(source, "is cut off or no store at all");
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const version = view.getUint32(STORE_MAGIC.length, true);
	if (version !== VERSION) throw damaged(source, `has version ${version}; this program reads ${VERSION}`);
	const end = bytes.length - DIGEST_BYTES;
	const digest = sha256(bytes.subarray(0, end));
	if (digest.some((byte, index) => bytes[end + index] !== byte))
		throw damaged(source, "is damaged: its digest differs");
	const headerBytes = view.getUint32(STORE_MAGIC.length + 4, true);
	if (headerBytes > MOST_HEADER_BYTES || PREFIX_BYTES + headerBytes > end) throw damaged(source, "has a wrong header");
	let json: unknown;
	try {
		json = JSON.parse(
			new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes)),
		);
	} catch {
		throw damaged(source, "has a wrong header");
	}
	const parsed = headerSchema.safeParse(json);
	if (!parsed.success) throw damaged(source, "has a wrong header");
	const { definition, samples: count, inputs, study: name } = parsed.data;
	if (name !== study.name || definition !== inputDefinitionDigest(study)) {
		const difference =
			name === study.name ? "another input, preprocessing or classes" : `study "${name.replace(/[^a-z0-9-]/g, "?")}"`;
		throw new DecentraHealthError("DATASET_FOREIGN", {
			message: `${source} was made for ${difference}, not for study "${study.name}" as it is`,
			nextStep: "Import the original data again with this study's file.",
		});
	}
	const { inputCount } = architectureOf(study);
	const start = PREFIX_BYTES + headerBytes;
	if (inputs !== inputCount || end - start !== count * (1 + inputCount)) throw damaged(source, "has a wrong length");
	return Array.from({ length: count }, (_, index) => {
		const at = start + index * (1 + inputCount);
		const label = bytes[at] as number;
		if (label >= study.classes.length) throw damaged(source, `has a wrong label at sample ${index + 1}`);
		return { inputs: bytes.slice(at + 1, at + 1 + inputCount), label };
	});
};
