/** What a line of the log may hold: named fields of plain text and numbers. Everything else is refused, so a key or a row can't get in by accident. */

/** Every name that a field can have. None of them is for anything secret. */
export const FIELD_NAMES = [
	"action",
	"address",
	"attempts",
	"block",
	"chainId",
	"check",
	"code",
	"detail",
	"folder",
	"gas",
	"gateway",
	"http",
	"nextStep",
	"phase",
	"pid",
	"reason",
	"role",
	"round",
	"seconds",
	"signal",
	"stack",
	"step",
	"study",
	"version",
	"waitSeconds",
] as const;

type FieldName = (typeof FIELD_NAMES)[number];

export type LogFields = { readonly [Name in FieldName]?: string | number | boolean | undefined };

export const REFUSED = "[refused]";
/** Longer texts are data, not descriptions. */
const MAX_TEXT = 4_000;

const isPlain = (value: unknown): boolean =>
	value === undefined ||
	typeof value === "number" ||
	typeof value === "boolean" ||
	(typeof value === "string" && value.length <= MAX_TEXT);

/** The fields with everything replaced that has another name or is no short text, number or boolean. For objects that types have not seen. */
export const refuseSecrets = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries(fields).map(([name, value]) => [
			name,
			(FIELD_NAMES as readonly string[]).includes(name) && isPlain(value) ? value : REFUSED,
		]),
	);

const SECRET_NAMES = [
	"privateKey",
	"shareKey",
	"walletKey",
	"dataSeed",
	"seed",
	"shares",
	"secrets",
	"weights",
	"rows",
	"samples",
	"inputs",
	"witness",
	"salt",
	"passphrase",
	"token",
	"authorization",
] as const;

/** For pino's own redaction, which is the second line of defence. */
export const REDACT_PATHS: readonly string[] = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
