/** The worker's log: pino's JSON lines, with three guards against secrets: named plain fields only, pino's redaction, and known secrets cut out of the finished line. */
import { pino } from "pino";
import { isDecentraHealthError } from "../../protocol/errors.ts";
import { type LogFields, REDACT_PATHS, refuseSecrets } from "./fields.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export type Log = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>> & {
	/** Logs an error with its code and next step; of one without a code the stack. */
	readonly failure: (level: "warn" | "error", error: unknown, fields?: LogFields) => void;
	/** From now on this text, wherever it turns up in a line, is cut out. */
	readonly hide: (secret: string) => void;
};

export type LogOptions = {
	readonly level: LogLevel;
	/** Takes a JSON object and a line feed. */
	readonly write: (line: string) => void;
};

const HIDDEN = "[hidden]";
/** Shorter texts turn up by chance. */
const LEAST_SECRET = 8;

/** As it stands inside a JSON text. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

export const createLog = ({ level, write }: LogOptions): Log => {
	const hidden = new Set<string>();
	const destination = {
		write: (line: string) => {
			let clean = line;
			for (const secret of hidden) clean = clean.replaceAll(secret, HIDDEN);
			write(clean);
		},
	};
	const logger = pino(
		{
			level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			redact: { paths: [...REDACT_PATHS], censor: HIDDEN },
			formatters: { level: (label) => ({ level: label }), log: refuseSecrets },
		},
		destination,
	);
	const at =
		(name: LogLevel) =>
		(message: string, fields: LogFields = {}): void =>
			logger[name](fields, message);
	return {
		debug: at("debug"),
		info: at("info"),
		warn: at("warn"),
		error: at("error"),
		failure: (severity, error, fields = {}) => {
			if (isDecentraHealthError(error)) {
				const { code, nextStep, message } = error;
				logger[severity]({ ...fields, code, nextStep }, message);
				return;
			}
			// The place, not the message: that of a foreign library may quote what it was given.
			const stack = error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 6).join("\n") : undefined;
			const name = error instanceof Error ? error.name : typeof error;
			logger[severity](
				{ ...fields, code: "UNEXPECTED", ...(stack === undefined ? {} : { stack }) },
				`unexpected ${name}`,
			);
		},
		hide: (secret) => {
			if (secret.length < LEAST_SECRET) return;
			hidden.add(secret);
			hidden.add(escaped(secret));
		},
	};
};
