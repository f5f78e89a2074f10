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

/** Whether its API is there for whoever has the token. */
const answers = async (member: CastMember): Promise<boolean> => {
	const token = await readToken(member);
	if (token === undefined) return false;
	const headers = { Authorization: `Bearer ${token}` };
	const response = await fetch(`${urlOf(member.httpPort)}/v1/status`, { headers }).catch(() => undefined);
	await response?.body?.cancel();
	return response?.ok === true;
};

/** Until it does. @returns false when the time is over or the signal aborts */
const untilItAnswers = async (member: CastMember, until: number, signal: AbortSignal): Promise<boolean> => {
	while (!signal.aborted && performance.now() < until) {
		if (await answers(member)) return true;
		await sleep(POLL, undefined, { signal }).catch(() => undefined);
	}
	return false;
};

export type WorkersOptions = {
	readonly configs: ReadonlyMap<CastMember, string>;
	readonly passphrase: string;
	readonly say: (text: string) => void;
	/** Whoever was started again and answers. */
	readonly onRestart: (name: string, pid: number) => void;
	readonly signal: AbortSignal;
};

export const startWorkers = ({ configs, passphrase, say, onRestart, signal }: WorkersOptions) => {
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
		onRestart: async (name) => {
			const member = [...configs.keys()].find((one) => one.name === name);
			if (member === undefined) return;
			const pid = workers.pids().get(name);
			const answers = await untilItAnswers(member, performance.now() + START_TIMEOUT, signal);
			if (answers && pid !== undefined) onRestart(name, pid);
		},
	});
	return {
		pids: workers.pids,
		/** @throws DecentraHealthError ROUND_STUCK naming the log of whoever does not answer */
		ready: async (): Promise<void> => {
			const until = performance.now() + START_TIMEOUT;
			for (const member of configs.keys()) {
				if ((await untilItAnswers(member, until, signal)) || signal.aborted) continue;
				throw new DecentraHealthError("ROUND_STUCK", {
					message: `the worker ${member.name} does not answer at ${urlOf(member.httpPort)}`,
					nextStep: `Read ${join(member.folder, LOG_NAME)}.`,
				});
			}
		},
		stop: async (): Promise<void> => {
			await workers.stop();
			for (const log of logs.values()) log.end();
		},
	};
};
