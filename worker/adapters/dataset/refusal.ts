/** How loaders refuse, also in a browser. Messages say where (file, row, the study's column) and what, and never quote a cell or an image's name. */
import { DecentraHealthError, type ErrorCode } from "../../protocol/errors.ts";

export const refusal = (code: ErrorCode, message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError(code, { message, nextStep });
