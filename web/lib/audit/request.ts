/** What an audit in the browser is asked for: where the deployment is, and from where to read it. */
import { type Address, getAddress, isAddress } from "viem";
import { z } from "zod";

const LONGEST_URL = 2048;
const MOST_GATEWAYS = 8;
/** Far above any number of a block or study. */
const MOST_DIGITS = 18;

const isHttpUrl = (text: string): boolean =>
	/^https?:\/\//i.test(text) && text.length <= LONGEST_URL && URL.canParse(text);

const isNumber = (text: string): boolean => /^[0-9]+$/.test(text) && text.length <= MOST_DIGITS;

const httpUrl = z.string().refine(isHttpUrl);
const number = z.string().refine(isNumber);

/** As it crosses from the page to its worker: numbers are decimal strings, as in the report. */
export const auditRequestSchema = z.strictObject({
	rpcUrl: httpUrl,
	roundManager: z
		.string()
		.refine((text) => isAddress(text))
		.transform((text): Address => getAddress(text)),
	gateways: z.array(httpUrl).min(1).max(MOST_GATEWAYS),
	studyId: number.optional(),
	fromBlock: number.optional(),
});
export type AuditRequest = Readonly<z.infer<typeof auditRequestSchema>>;

/** As people type it. */
export type AuditFields = {
	readonly address: string;
	readonly rpcUrl: string;
	/** One a line. */
	readonly gateways: string;
	readonly studyId: string;
	readonly fromBlock: string;
};

export type FieldProblems = Partial<Readonly<Record<keyof AuditFields, string>>>;

export type ParsedFields =
	| { readonly request: AuditRequest; readonly problems?: never }
	| { readonly request?: never; readonly problems: FieldProblems };

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** A page that came by https may not read from http, except from this machine. */
const isMixedContent = (url: string, pageProtocol: string): boolean => {
	const { protocol, hostname } = new URL(url);
	return pageProtocol === "https:" && protocol === "http:" && !LOOPBACK.includes(hostname);
};

const urlProblem = (what: string, text: string, pageProtocol: string): string | undefined => {
	if (text === "") return `Enter the ${what}.`;
	if (!isHttpUrl(text)) return `The ${what} must start with http:// or https:// and be a complete address.`;
	if (isMixedContent(text, pageProtocol)) {
		return `This page was loaded by https, so the browser refuses http addresses: use an https ${what}.`;
	}
	return undefined;
};

const addressProblem = (text: string): string | undefined => {
	if (text === "") return "Enter the address of the RoundManager contract.";
	if (isAddress(text)) return undefined;
	if (/^0x[0-9a-fA-F]{40}$/.test(text)) {
		return "The checksum of this address is wrong: one of its letters was changed. Copy it again.";
	}
	return "An address is 0x and 40 hexadecimal digits.";
};

export const gatewayLines = (text: string): readonly string[] =>
	text
		.split(/[\s,]+/)
		.map((line) => line.trim())
		.filter((line) => line !== "");

const gatewaysProblem = (text: string, pageProtocol: string): string | undefined => {
	const lines = gatewayLines(text);
	if (lines.length === 0) return "Enter at least one IPFS gateway.";
	if (lines.length > MOST_GATEWAYS) return `Enter at most ${MOST_GATEWAYS} gateways.`;
	return lines.map((line) => urlProblem("gateway", line, pageProtocol)).find((problem) => problem !== undefined);
};

const numberProblem = (what: string, text: string): string | undefined =>
	text === "" || isNumber(text) ? undefined : `The ${what} is a whole number of at most ${MOST_DIGITS} digits.`;

/** @param pageProtocol `location.protocol`: what a browser lets the page read from depends on it */
export const parseAuditFields = (fields: AuditFields, pageProtocol = "http:"): ParsedFields => {
	const address = fields.address.trim();
	const rpcUrl = fields.rpcUrl.trim();
	const studyId = fields.studyId.trim();
	const fromBlock = fields.fromBlock.trim();
	const found: { readonly [Field in keyof AuditFields]: string | undefined } = {
		address: addressProblem(address),
		rpcUrl: urlProblem("RPC URL", rpcUrl, pageProtocol),
		gateways: gatewaysProblem(fields.gateways, pageProtocol),
		studyId: numberProblem("study's number", studyId),
		fromBlock: numberProblem("first block", fromBlock),
	};
	const problems = Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
	if (Object.keys(problems).length > 0) return { problems };
	return {
		request: auditRequestSchema.parse({
			rpcUrl,
			roundManager: address,
			gateways: gatewayLines(fields.gateways),
			...(studyId === "" ? {} : { studyId }),
			...(fromBlock === "" ? {} : { fromBlock }),
		}),
	};
};

/**
 * The form as a link fills it: `?address=..&rpc=..&gateway=..&gateway=..&study=..&from=..`. The default first block is the default
 * deployment's alone. A link fills the form and starts nothing.
 */
export const fieldsFromQuery = (query: URLSearchParams, defaults: AuditFields): AuditFields => {
	const isForeign =
		query.has("rpc") || (query.get("address") ?? defaults.address).toLowerCase() !== defaults.address.toLowerCase();
	const gateways = query.getAll("gateway");
	return {
		address: query.get("address") ?? defaults.address,
		rpcUrl: query.get("rpc") ?? defaults.rpcUrl,
		gateways: gateways.length === 0 ? defaults.gateways : gateways.join("\n"),
		studyId: query.get("study") ?? defaults.studyId,
		fromBlock: query.get("from") ?? (isForeign ? "" : defaults.fromBlock),
	};
};

/** A link that fills the form with this request. */
export const queryOf = ({ rpcUrl, roundManager, gateways, studyId, fromBlock }: AuditRequest): string =>
	new URLSearchParams([
		["address", roundManager],
		["rpc", rpcUrl],
		...gateways.map((gateway) => ["gateway", gateway]),
		...(studyId === undefined ? [] : [["study", studyId]]),
		...(fromBlock === undefined ? [] : [["from", fromBlock]]),
	]).toString();
