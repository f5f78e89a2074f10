/** DICOM files made in tests: preamble, file header, and the elements of one slice (PS3.10 section 7.1, PS3.5 section 7.1). */

type Element = readonly [group: number, element: number, vr: string, value: Buffer];

const text = (value: string, pad = " "): Buffer => Buffer.from(value.length % 2 === 0 ? value : value + pad, "latin1");
const u16 = (value: number): Buffer => {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16LE(value);
	return bytes;
};

const LONG = new Set(["OB", "OW", "SQ", "UN"]);

const explicit = ([group, element, vr, value]: Element): Buffer => {
	const head = Buffer.alloc(LONG.has(vr) ? 12 : 8);
	head.writeUInt16LE(group, 0);
	head.writeUInt16LE(element, 2);
	head.write(vr, 4, "latin1");
	if (LONG.has(vr)) head.writeUInt32LE(value.length, 8);
	else head.writeUInt16LE(value.length, 6);
	return Buffer.concat([head, value]);
};

const implicit = ([group, element, , value]: Element): Buffer => {
	const head = Buffer.alloc(8);
	head.writeUInt16LE(group, 0);
	head.writeUInt16LE(element, 2);
	head.writeUInt32LE(value.length, 4);
	return Buffer.concat([head, value]);
};

export type DicomSlice = {
	readonly width: number;
	readonly height: number;
	/** Stored values, row by row. */
	readonly values: readonly number[];
	readonly bits?: 8 | 16;
	readonly signed?: boolean;
	readonly photometric?: string;
	readonly slope?: number;
	readonly intercept?: number;
	readonly window?: readonly [centre: number, width: number];
	readonly transferSyntax?: string;
	/** Replaces or adds elements by "gggg,eeee". */
	readonly extra?: readonly Element[];
};

export const EXPLICIT_LITTLE = "1.2.840.10008.1.2.1";
export const IMPLICIT_LITTLE = "1.2.840.10008.1.2";
export const PATIENT = "Doe^Jane";

export const dicomFile = (slice: DicomSlice): Buffer => {
	const { width, height, values, bits = 16, signed = false, photometric = "MONOCHROME2" } = slice;
	const { slope, intercept, window, transferSyntax = EXPLICIT_LITTLE, extra = [] } = slice;
	const pixels = Buffer.alloc((values.length * bits) / 8 + (((values.length * bits) / 8) % 2));
	values.forEach((value, index) => {
		if (bits === 8) pixels[index] = value & 0xff;
		else pixels.writeUInt16LE(value & 0xffff, 2 * index);
	});
	const own: readonly Element[] = [
		[0x0010, 0x0010, "PN", text(PATIENT)],
		[0x0028, 0x0002, "US", u16(1)],
		[0x0028, 0x0004, "CS", text(photometric)],
		[0x0028, 0x0010, "US", u16(height)],
		[0x0028, 0x0011, "US", u16(width)],
		[0x0028, 0x0100, "US", u16(bits)],
		[0x0028, 0x0101, "US", u16(bits)],
		[0x0028, 0x0102, "US", u16(bits - 1)],
		[0x0028, 0x0103, "US", u16(signed ? 1 : 0)],
		...(window === undefined
			? []
			: [
					[0x0028, 0x1050, "DS", text(String(window[0]))] as const,
					[0x0028, 0x1051, "DS", text(String(window[1]))] as const,
				]),
		...(intercept === undefined ? [] : [[0x0028, 0x1052, "DS", text(String(intercept))] as const]),
		...(slope === undefined ? [] : [[0x0028, 0x1053, "DS", text(String(slope))] as const]),
		[0x7fe0, 0x0010, bits === 8 ? "OB" : "OW", pixels],
	];
	const isSame = ([group, element]: Element, [otherGroup, otherElement]: Element): boolean =>
		group === otherGroup && element === otherElement;
	const elements = [...own.filter((one) => !extra.some((other) => isSame(one, other))), ...extra].sort(
		([groupA, elementA], [groupB, elementB]) => groupA - groupB || elementA - elementB,
	);
	const syntax = explicit([0x0002, 0x0010, "UI", text(transferSyntax, "\0")]);
	const length = Buffer.alloc(4);
	length.writeUInt32LE(syntax.length);
	const header = Buffer.concat([explicit([0x0002, 0x0000, "UL", length]), syntax]);
	const body = elements.map(transferSyntax === IMPLICIT_LITTLE ? implicit : explicit);
	return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), header, ...body]);
};

export const usElement = (group: number, element: number, value: number): Element => [group, element, "US", u16(value)];
export const textElement = (group: number, element: number, vr: string, value: string): Element => [
	group,
	element,
	vr,
	text(value),
];
