/** What goes wrong in a page without anybody clicking on it: a test that didn't expect it fails. */
import type { BrowserContext, Page } from "playwright-core";

export type Watch = {
	/** URLs of all requests, in their order. */
	readonly requests: readonly string[];
	/** Console errors, uncaught errors, violations of the content security policy, failed requests and answers of HTTP 400 and above. */
	readonly problems: () => readonly string[];
	/** From now on problems that match are no problems; the returned function ends that. */
	readonly allow: (pattern: RegExp) => () => void;
};

const VIOLATION = "reportCspViolation";

export const watchContext = async (context: BrowserContext): Promise<Watch> => {
	const requests: string[] = [];
	const problems: string[] = [];
	const allowed = new Set<RegExp>();
	const report = (problem: string): void => {
		if (![...allowed].some((pattern) => pattern.test(problem))) problems.push(problem);
	};
	await context.exposeBinding(VIOLATION, (_, text: string) => report(`content security policy: ${text}`));
	await context.addInitScript((binding) => {
		document.addEventListener(
			"securitypolicyviolation",
			({ effectiveDirective, blockedURI, sourceFile, lineNumber }) => {
				(Reflect.get(window, binding) as (text: string) => void)(
					`${effectiveDirective} blocked ${blockedURI} (${sourceFile}:${lineNumber})`,
				);
			},
		);
	}, VIOLATION);
	const watchPage = (page: Page): void => {
		page.on("pageerror", (error) => report(`uncaught: ${error.stack ?? error.message}`));
		page.on("console", (message) => {
			if (message.type() !== "error") return;
			report(`console: ${message.text()} (${message.location().url}:${message.location().lineNumber})`);
		});
	};
	context.on("page", watchPage);
	context.on("request", (request) => requests.push(request.url()));
	context.on("requestfailed", (request) => {
		const reason = request.failure()?.errorText ?? "?";
		// Whoever leaves a page, or aborts a request by its signal, ends it so.
		if (reason !== "net::ERR_ABORTED") report(`request failed: ${request.method()} ${request.url()} ${reason}`);
	});
	context.on("response", (response) => {
		if (response.status() >= 400) report(`HTTP ${response.status()}: ${response.request().method()} ${response.url()}`);
	});
	return {
		requests,
		problems: () => problems,
		allow: (pattern) => {
			allowed.add(pattern);
			return () => void allowed.delete(pattern);
		},
	};
};

/** Hosts that were asked, as host:port; what the browser makes itself (data:, blob:) asks nobody. */
export const hostsOf = (requests: readonly string[]): ReadonlySet<string> =>
	new Set(requests.filter((url) => /^(https?|wss?):/.test(url)).map((url) => new URL(url).host));
