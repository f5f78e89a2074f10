/** The system's Chromium under playwright-core: nothing is downloaded, and nothing but this machine is reached. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";

/** Names another browser of Chromium's family. */
const VARIABLE = "DECENTRAHEALTH_CHROMIUM";
const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** @throws DecentraHealthError CONFIG_INVALID when there is none */
export const findChromium = (): string => {
	const named = process.env[VARIABLE];
	const found = (named === undefined ? CANDIDATES : [named]).find((path) => existsSync(path));
	if (found !== undefined) return found;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: named === undefined ? `there is no Chromium: ${CANDIDATES.join(", ")}` : `${VARIABLE}: no file ${named}`,
		nextStep: `Install it (Debian: apt-get install -y chromium), or name one with ${VARIABLE}=/path/to/chromium.`,
	});
};

const QUIET = [
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-domain-reliability",
	"--disable-sync",
	"--no-first-run",
	"--no-pings",
	"--metrics-recording-only",
	// No name resolves: a page that asks for another host than this machine fails, and the test sees it.
	"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** @param args more flags of Chromium */
export const launchBrowser = (args: readonly string[] = []): Promise<Browser> =>
	chromium.launch({
		executablePath: findChromium(),
		// Chromium's sandbox can't be set up by root, as which containers run.
		chromiumSandbox: process.getuid?.() !== 0,
		args: [...QUIET, ...args],
	});
