/** `npm run consortium`: seven processes with real proofs, some of them killed; and its folders for seven terminals. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it, type TestContext } from "node:test";
import { ROOT } from "../../scripts/checks/steps.ts";
import { loadConfig } from "../../worker/service/config/loadConfig.ts";
import { ROLES } from "../../worker/service/config/schema.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";

/** Below the ports that systems hand out by themselves, and not those of a consortium that somebody has running. */
const somePort = (): number => 20_000 + 100 * Math.floor(Math.random() * 100);

const start = (context: TestContext, ...args: readonly string[]) => {
	const folder = join(temporaryFolder(context), "consortium");
	const child: ChildProcess = spawn(
		process.execPath,
		[
			"--disable-warning=ExperimentalWarning",
			"scripts/consortium/main.ts",
			"--folder",
			folder,
			"--port",
			`${somePort()}`,
			...args,
		],
		{ cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
	);
	context.after(() => child.kill("SIGKILL"));
	const lines: string[] = [];
	const listeners: ((line: string) => void)[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		if (stream === null) continue;
		createInterface({ input: stream }).on("line", (line) => {
			lines.push(line);
			for (const listener of listeners) listener(line);
		});
	}
	const exit = once(child, "close").then(([code]) => code as number | null);
	return {
		folder,
		child,
		lines,
		exit,
		onLine: (listener: (line: string) => void): void => void listeners.push(listener),
		/** Resolves with the first line like this; rejects when the process ends without one. */
		says: async (pattern: RegExp): Promise<string> => {
			const found = new Promise<string>((resolve) => {
				const earlier = lines.find((line) => pattern.test(line));
				if (earlier !== undefined) resolve(earlier);
				listeners.push((line) => {
					if (pattern.test(line)) resolve(line);
				});
			});
			const ended = exit.then((code) => {
				throw new Error(`ended with ${code} before it said ${pattern}:\n${lines.slice(-20).join("\n")}`);
			});
			return Promise.race([found, ended]);
		},
	};
};

const isAlive = (pid: number): boolean => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

const pidsIn = (lines: readonly string[]): readonly number[] =>
	lines.flatMap((line) => {
		const [, pid] = /(?:is|runs again,) process (\d+)/.exec(line) ?? [];
		return pid === undefined ? [] : [Number(pid)];
	});

describe("npm run consortium", () => {
	it("finishes a round although a hospital, a member and the coordinator are killed in the middle of it", async (context) => {
		const { lines, exit, onLine } = start(context, "--rounds", "1");
		/** Whom to kill at the first line of theirs that says this. */
		const kills = new Map([
			["hospital-1", /prove training segment 1 of/],
			["member-2", /round 1 is Frozen/],
			["coordinator", /round 1 is Open/],
		]);
		const killed: string[] = [];
		onLine((line) => {
			const name = line.split("|")[0]?.trim() ?? "";
			if (kills.get(name)?.test(line) !== true || killed.includes(name)) return;
			const [, pid] =
				lines.map((said) => new RegExp(`\\| ${name} is process (\\d+)`).exec(said)).find((match) => match) ?? [];
			killed.push(name);
			// A proof is in the notes a moment after the log says it is done.
			setTimeout(() => process.kill(Number(pid), "SIGKILL"), 1_000);
		});
		const code = await exit;
		assert.equal(code, 0, lines.slice(-30).join("\n"));
		assert.deepEqual([...killed].sort(), [...kills.keys()].sort());
		const says = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
		for (const name of kills.keys()) assert.equal(says(new RegExp(`\\| ${name} runs again`)), 1);
		assert.equal(says(/audit: \d+ checks passed, 0 failed/), 1);
		assert.equal(says(/round 1: Finalized/), 1);
		// What was proven before the kill is not proven again, and nothing is sent twice.
		assert.equal(says(/^hospital-1 .*prove training segment 1 of/), 1);
		assert.equal(says(/^hospital-1 .*done: submitUpdate/), 1);
		assert.ok(says(/^member-2 .*done: postKeySum/) <= 1);
		assert.deepEqual(pidsIn(lines).filter(isAlive), []);
	});

	it("ends everybody on Ctrl-C", async (context) => {
		const { child, lines, says, exit } = start(context);
		await says(/^hospital-1 .*started/);
		await says(/^coordinator .*done: /);
		assert.equal(pidsIn(lines).filter(isAlive).length, 7);
		child.kill("SIGINT");
		assert.equal(await exit, 130);
		assert.deepEqual(pidsIn(lines).filter(isAlive), []);
	});

	it("writes seven folders and says how to start each of them", async (context) => {
		const { child, folder, lines, says, exit } = start(context, "--prepare-only");
		await says(/member-3\/worker\.json/);
		const commands = lines.filter((line) => line.includes("npm run worker -- "));
		assert.equal(commands.length, 7);
		for (const command of commands) {
			const [, role, path] = /npm run worker -- (\S+) --config (\S+)$/.exec(command) ?? [];
			const known = ROLES.find((one) => one === role);
			assert.ok(known !== undefined && path !== undefined);
			const config = await loadConfig(known, { file: join(ROOT, path), environment: {} });
			assert.ok(config.folder.startsWith(folder));
		}
		// The passphrase itself is in no command.
		assert.ok(commands.every((command) => command.includes('"$(cat ')));
		child.kill("SIGINT");
		assert.equal(await exit, 0);
	});
});
