/** Serves a stage, says so, and waits for Ctrl-C or SIGTERM. */

import { constants } from "node:os";
import { relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { webFailed } from "../../web/next.ts";
import type { WebBuild } from "../../web/serve.ts";
import type { View } from "../view.ts";
import { servedEvent, servedText } from "./announce.ts";
import { type Stage, serveDemo } from "./serveDemo.ts";
import { readToken, tokenFile } from "./workers.ts";

export type RunServedOptions = {
	readonly build: WebBuild;
	readonly byHand: ReadonlySet<string>;
	readonly webPort: number | undefined;
	/** Standard output is for programs. */
	readonly events: true | undefined;
	readonly view: View;
	readonly write: (text: string) => void;
};

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A terminal sends Ctrl-C to everybody: the dApp's server may be gone before it is known here why. */
const LATE = 300;

/** Aborts at the first signal; the second one ends the process at once, and all others by its exit hooks. */
const stopSignal = (): AbortSignal => {
	const stop = new AbortController();
	for (const name of SIGNALS) {
		process.on(name, () => {
			if (stop.signal.aborted) process.exit(128 + constants.signals[name]);
			stop.abort();
		});
	}
	return stop.signal;
};

const emit = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);

/** Everything but the chain has ended when this returns. @throws DecentraHealthError PORT_IN_USE, WEB_FAILED, ROUND_STUCK */
export const runServed = async (stage: Stage, options: RunServedOptions): Promise<void> => {
	const { build, byHand, webPort, events, view, write } = options;
	const signal = stopSignal();
	stage.leaveSignals();
	const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
	const onRestart = (name: string, pid: number): void => {
		if (events === true) emit({ event: "restarted", name, pid });
		else view.say(`${name} has a new token: read its file once more`);
	};
	const { served, web, stop } = await serveDemo(stage, { build, byHand, webPort, say: view.say, onRestart, signal });
	try {
		if (signal.aborted) return;
		if (events === true) emit(servedEvent(served));
		// Tokens are for eyes alone: what is no terminal may be a file.
		const tokens = new Map<string, string>();
		if (events !== true && process.stdout.isTTY) {
			for (const member of served.cast)
				tokens.set(member.name, (await readToken(member)) ?? relative(process.cwd(), tokenFile(member)));
		}
		write(servedText(served, tokens.size === 0 ? undefined : tokens));
		await Promise.race([aborted, web.gone.then(() => sleep(LATE))]);
		if (!signal.aborted) {
			throw webFailed(`the dApp's server has ended by itself:\n${web.output()}`, "Start the demo again.");
		}
		view.say("ending");
	} finally {
		await stop();
	}
};
