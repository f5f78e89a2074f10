/** What a browser fetches when somebody comes to a page for the first time. */
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { openVisitor } from "./visitor.ts";

export type FirstLoad = {
	readonly scripts: readonly { readonly url: string; readonly bytes: number }[];
	/** Of all scripts, compressed with gzip as Node does by default: the same on every machine, and what the server sends but for a few bytes. */
	readonly scriptBytes: number;
	/** Bodies as they came over the network, all kinds of files from the dApp's host. */
	readonly transferred: number;
};

/** Nothing is clicked; what the page loads by itself counts until it is quiet. */
export const firstLoad = async (browser: Browser, baseUrl: string, path: string): Promise<FirstLoad> => {
	const visitor = await openVisitor(browser, baseUrl);
	try {
		const { host } = new URL(baseUrl);
		const found: Promise<{ url: string; bytes: number; script: boolean; transferred: number }>[] = [];
		visitor.context.on("requestfinished", (request) => {
			if (new URL(request.url()).host !== host) return;
			found.push(
				(async () => {
					const response = await request.response();
					const { responseBodySize: transferred } = await request.sizes();
					const script = request.resourceType() === "script";
					const bytes = script && response !== null ? gzipSync(await response.body()).length : 0;
					return { url: new URL(request.url()).pathname, bytes, script, transferred };
				})(),
			);
		});
		await visitor.page.goto(path, { waitUntil: "networkidle" });
		const files = await Promise.all(found);
		const scripts = files.filter(({ script }) => script).map(({ url, bytes }) => ({ url, bytes }));
		return {
			scripts,
			scriptBytes: scripts.reduce((sum, { bytes }) => sum + bytes, 0),
			transferred: files.reduce((sum, { transferred }) => sum + transferred, 0),
		};
	} finally {
		await visitor.close();
	}
};
