/** The workers of a served demo: processes whose logs are files in their folders, and who are there when each of them answers. */
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { TOKEN_NAME } from "../../../worker/service/token.ts";
import { supervise } from "../../consortium/supervise.ts";
import { type CastMember, urlOf } from "./cast.ts";

export const LOG_NAME = "worker.log";

const START_TIMEOUT = 120_000;
const POLL = 200;

export const tokenFile = ({ folder }: CastMember): string => join(folder, TOKEN_NAME);

/** Undefined while the worker has none: it starts, or has ended. */
export const readToken = (member: CastMember): Promise<string | undefined> =>
	readFile(tokenFile(member), "utf8").then(
		(text) => text.trim(),
		() => undefined,
	);

const answers = (member: CastMember): Promise<boolean> =>
	fetch(`${urlOf(member.httpPort)}/healthz`).then(
		async (response) => {
			await response.body?.cancel();
			return response.ok;
		},
		() => false,
	);

export type WorkersOptions = {
	readonly configs: ReadonlyMap<CastMember, string>;
	readonly passphrase: string;
	readonly say: (text: string) => void;
	readonly onRestart: (name: string) => void;
};

export const startWorkers = ({ configs, passphrase, say, onRestart }: WorkersOptions) => {
	const logs = new Map(
		[...configs.keys()].map(({ name, folder }) => [
			name,
			createWriteStream(join(folder, LOG_NAME), { flags: "a", mode: 0o600 }),
		]),
	);
	const workers = supervise({
		configs,
		passphrase,
		restart: true,
		say,
		tell: (name, line) => void logs.get(name)?.write(`${line}\n`),
		onRestart,
	});
	return {
		pids: workers.pids,
		/** @throws DecentraHealthError ROUND_STUCK naming the log of whoever does not answer */
		ready: async (signal: AbortSignal): Promise<void> => {
			const until = performance.now() + START_TIMEOUT;
			for (const member of configs.keys()) {
				while (!((await answers(member)) && (await readToken(member)) !== undefined)) {
					if (signal.aborted) return;
					if (performance.now() > until) {
						throw new DecentraHealthError("ROUND_STUCK", {
							message: `the worker ${member.name} does not answer at ${urlOf(member.httpPort)}`,
							nextStep: `Read ${join(member.folder, LOG_NAME)}.`,
						});
					}
					await sleep(POLL, undefined, { signal }).catch(() => undefined);
				}
			}
		},
		stop: async (): Promise<void> => {
			await workers.stop();
			for (const log of logs.values()) log.end();
		},
	};
};
