/** Secrets in the forms in which a program would leave them behind, and the search for them. */

/** What is looked for, and in which forms. */
export type Needle = { readonly what: string; readonly bytes: Buffer };

const text = (value: string): Buffer => Buffer.from(value, "latin1");

/** The characters of a base64 text that hold nothing but these bytes, wherever in it they begin. */
const inBase64 = (bytes: Buffer): readonly Buffer[] =>
	[0, 1, 2].map((shift) => {
		const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
			.toString("base64")
			.replace(/=+$/, "");
		const first = Math.ceil((shift * 8) / 6);
		const last = Math.floor(((shift + bytes.length) * 8) / 6);
		return text(encoded.slice(first, last));
	});

const ofBytes = (what: string, bytes: Buffer): readonly Needle[] => [
	{ what: `${what} (bytes)`, bytes },
	{ what: `${what} (hexadecimal)`, bytes: text(bytes.toString("hex")) },
	...inBase64(bytes).map((encoded) => ({ what: `${what} (base64)`, bytes: encoded })),
];

export const secretText = (what: string, value: string): readonly Needle[] => [
	{ what: `${what} (text)`, bytes: Buffer.from(value, "utf8") },
	...ofBytes(what, Buffer.from(value, "utf8")),
];

export const secretBytes = (what: string, value: Uint8Array): readonly Needle[] => ofBytes(what, Buffer.from(value));

/** A field element: decimal, hexadecimal with and without leading zeros, 32 bytes in both orders. */
export const secretElement = (what: string, value: bigint): readonly Needle[] => {
	const bytes = Buffer.from(value.toString(16).padStart(64, "0"), "hex");
	return [
		{ what: `${what} (decimal)`, bytes: text(value.toString()) },
		{ what: `${what} (hexadecimal)`, bytes: text(value.toString(16)) },
		...ofBytes(what, bytes),
		{ what: `${what} (little endian)`, bytes: Buffer.from(bytes).reverse() },
	];
};

/** As many values as make a match by chance impossible. */
const VECTOR_PART = 24;

/** A vector of small integers, by its first values: as a list in a text, or as an array of 8, 16, 32 or 64 bits or of doubles. */
export const secretVector = (what: string, values: readonly number[]): readonly Needle[] => {
	const part = values.slice(0, VECTOR_PART);
	const small = part.every((value) => value >= -128 && value < 128);
	const arrays = [
		...(small ? [Int8Array.from(part), Int16Array.from(part)] : []),
		Int32Array.from(part),
		BigInt64Array.from(part.map(BigInt)),
		Float64Array.from(part),
	];
	return [
		// Lists are searched for without quotes and white space: see textOf.
		{ what: `${what} (list)`, bytes: text(part.join(",")) },
		...arrays.flatMap((array) => secretBytes(`${what}, ${array.constructor.name}`, new Uint8Array(array.buffer))),
	];
};

/** The bytes as they are, and as a text without quotes, white space and the n of bigints. */
const haystacksOf = (bytes: Uint8Array): readonly Buffer[] => {
	const plain = Buffer.from(bytes);
	return [plain, text(plain.toString("latin1").replaceAll(/["'\sn]/g, ""))];
};

/** What of the needles is found, each once. */
export const findNeedles = (bytes: Uint8Array, needles: readonly Needle[]): readonly string[] => {
	const haystacks = haystacksOf(bytes);
	const found = needles.filter((needle) => haystacks.some((haystack) => haystack.includes(needle.bytes)));
	return [...new Set(found.map(({ what }) => what))];
};
