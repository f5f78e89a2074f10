/** How a study's rows become bytes: part of its definition, explained in docs/STUDIES.md. */
import { z } from "zod";
import { isPlainText, NOT_PLAIN_TEXT } from "./plainText.ts";

/** What people read as a name or a title. */
export const plainText = (most: number) => z.string().min(1).max(most).refine(isPlainText, NOT_PLAIN_TEXT);
export const columnName = plainText(64);

/** Real x to u8: clamp(round(128 + 128 (x - mean) / (sigmas * deviation)), 0, 255). Constants are public and come from training rows only. */
const scalingSchema = z.strictObject({ mean: z.number(), deviation: z.number().positive() });
const sigmasSchema = z.number().positive().max(16);

const tableSchema = z.strictObject({
	kind: z.literal("table"),
	/** The column that holds the label: a class's name or its number from 0. */
	labelColumn: columnName,
	sigmas: sigmasSchema,
	/** What an empty cell becomes: its column's mean. Without it, a row with an empty cell is refused. */
	missing: z.literal("mean").optional(),
	/** One per input, in input order [height][width][channels]. */
	columns: z.array(scalingSchema.extend({ name: columnName })).min(1),
});

const imageSchema = z.strictObject({
	kind: z.literal("image"),
	/** Columns of the CSV file beside a folder of images: file name and label. */
	fileColumn: columnName.default("file"),
	labelColumn: columnName.default("label"),
	/** Before resizing: the largest square around the centre, or all of the image (whose proportions may then change). */
	crop: z.enum(["none", "centre-square"]).default("centre-square"),
	/** Values of a DICOM slice (after its rescale slope and intercept) that become 0 and 255; without it, the slice's own window. */
	window: z.strictObject({ centre: z.number(), width: z.number().positive() }).optional(),
	/** Grey values (0..255) of the resized image to u8; without it they stay as they are. */
	scaling: scalingSchema.extend({ sigmas: sigmasSchema }).optional(),
});

export const preprocessingSchema = z.discriminatedUnion("kind", [tableSchema, imageSchema]);

export type TablePreprocessing = z.infer<typeof tableSchema>;
export type ImagePreprocessing = z.infer<typeof imageSchema>;
export type Preprocessing = z.infer<typeof preprocessingSchema>;
