/**
 * Known weaknesses of the packages that the product runs with (`npm audit`); from "high" on the step fails. A registry that answers no such
 * question (mirrors often don't) is said and not taken for an answer.
 */
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { ROOT } from "./steps.ts";

const severity = z.enum(["info", "low", "moderate", "high", "critical"]);

const reportSchema = z.object({
	vulnerabilities: z.record(
		z.string(),
		z.object({ name: z.string(), severity, via: z.array(z.unknown()), range: z.string() }),
	),
	metadata: z.object({ vulnerabilities: z.record(z.string(), z.number()) }),
});

const FAILING: readonly string[] = ["high", "critical"];

export type AuditOutcome =
	| { readonly kind: "clean"; readonly text: string }
	| { readonly kind: "weak"; readonly text: string }
	| { readonly kind: "unanswered"; readonly text: string };

/** The advisories' titles; a package that is weak by another one only names that. */
const reasonsOf = (via: readonly unknown[]): string =>
	via
		.map((reason) =>
			typeof reason === "object" && reason !== null && "title" in reason
				? String(reason.title)
				: `by ${String(reason)}`,
		)
		.join("; ");

/** @param output of `npm audit --json` */
export const judgeAudit = (output: string): AuditOutcome => {
	let json: unknown;
	try {
		json = JSON.parse(output);
	} catch {
		json = undefined;
	}
	const parsed = reportSchema.safeParse(json);
	if (!parsed.success) {
		const message =
			typeof json === "object" && json !== null && "message" in json ? String(json.message) : "no report in its answer";
		return { kind: "unanswered", text: `the registry answers no audits (${message}): nothing was checked` };
	}
	const { vulnerabilities, metadata } = parsed.data;
	const weak = Object.values(vulnerabilities).filter((found) => FAILING.includes(found.severity));
	if (weak.length > 0) {
		const lines = weak.map(({ name, severity: level, via, range }) => `${level}: ${name} ${range}: ${reasonsOf(via)}`);
		return { kind: "weak", text: lines.join("\n") };
	}
	const counts = Object.entries(metadata.vulnerabilities)
		.filter(([level, count]) => level !== "total" && count > 0)
		.map(([level, count]) => `${count} ${level}`);
	return { kind: "clean", text: `nothing from "high" on (${counts.join(", ") || "nothing at all"})` };
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--audit-level=high", "--json"], {
		cwd: ROOT,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
		shell: process.platform === "win32",
		maxBuffer: 2 ** 26,
	});
	const { kind, text } = judgeAudit(stdout ?? "");
	process.stdout.write(`${text}\n`);
	process.exitCode = kind === "weak" ? 1 : 0;
}
