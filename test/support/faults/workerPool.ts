/** Worker processes that a scenario starts, kills, pauses and starts again; those that survive one are used again in the next. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WorkerPlaces } from "../../../worker/service/request.ts";
import type { HostNews, HostRequest } from "./workerHost.ts";

const HOST = fileURLToPath(new URL("workerHost.ts", import.meta.url));

export type RunRequest = Omit<Extract<HostRequest, { kind: "run" }>, "kind">;
export type Ended = Omit<Extract<HostNews, { kind: "ended" }>, "kind"> & { readonly killed: boolean };

export type RunningWorker = {
	readonly pid: number;
	/** Resolves when it listens and knows the study; never for one that ends before. */
	readonly ready: Promise<WorkerPlaces>;
	readonly ended: Promise<Ended>;
	readonly hasEnded: () => boolean;
	/** SIGKILL, also while it is paused. */
	readonly kill: () => Promise<void>;
	/** SIGSTOP and SIGCONT. */
	readonly pause: () => void;
	readonly resume: () => void;
	/** As SIGTERM would: the worker ends by itself. One that does not is killed. @returns whether it did */
	readonly stop: () => Promise<boolean>;
	/** Told at the start of each proof. */
	onProving: (circuit: string) => void;
};

export type WorkerPool = {
	readonly start: (request: RunRequest) => Promise<RunningWorker>;
	/** Has so many processes waiting for work. */
	readonly warm: (count: number) => Promise<void>;
	/** What the processes printed besides their logs, since it was asked for last. */
	readonly takeOutput: () => string;
	readonly close: () => Promise<void>;
};

const STOP_TIMEOUT = 30_000;
const QUICK_STOP = 5_000;

type Host = { readonly child: ChildProcess; readonly idle: Promise<void> };

export const createWorkerPool = (): WorkerPool => {
	const waiting: Host[] = [];
	const all = new Set<ChildProcess>();
	const printed: string[] = [];

	const create = (): Host => {
		const child = fork(HOST, [], {
			execArgv: ["--disable-warning=ExperimentalWarning"],
			stdio: ["ignore", "pipe", "pipe", "ipc"],
		});
		all.add(child);
		child.once("exit", () => all.delete(child));
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding("utf8").on("data", (text: string) => printed.push(text));
		}
		const idle = new Promise<void>((resolve) => child.once("message", () => resolve()));
		return { child, idle };
	};

	const start: WorkerPool["start"] = async (request) => {
		const host = waiting.shift() ?? create();
		await host.idle;
		const { child } = host;
		let paused = false;
		let toldToStop = Number.POSITIVE_INFINITY;
		let hasEnded = false;
		let onReady: (places: WorkerPlaces) => void = () => undefined;
		const ready = new Promise<WorkerPlaces>((resolve) => {
			onReady = resolve;
		});
		const ended = new Promise<Ended>((resolve) => {
			const finish = (end: Ended): void => {
				hasEnded = true;
				child.removeListener("message", onNews);
				child.removeListener("exit", onExit);
				resolve(end);
			};
			const onExit = (): void => finish({ killed: true });
			const onNews = (news: HostNews): void => {
				if (news.kind === "ready") onReady(news.places);
				if (news.kind === "proving") worker.onProving(news.circuit);
				if (news.kind !== "ended") return;
				// One that took long to end may still be at what it was told to leave.
				if (performance.now() - toldToStop < QUICK_STOP) waiting.push(host);
				else child.kill("SIGKILL");
				finish({ ...(news.problem === undefined ? {} : { problem: news.problem }), killed: false });
			};
			child.on("message", onNews);
			child.once("exit", onExit);
		});
		const tell = (message: HostRequest): void => void child.send(message);
		const signal = (name: NodeJS.Signals): void => {
			if (!hasEnded) child.kill(name);
		};
		const worker: RunningWorker = {
			pid: child.pid ?? 0,
			ready,
			ended,
			hasEnded: () => hasEnded,
			kill: async () => {
				signal("SIGKILL");
				await ended;
			},
			pause: () => {
				paused = true;
				signal("SIGSTOP");
			},
			resume: () => {
				paused = false;
				signal("SIGCONT");
			},
			stop: async () => {
				if (paused) worker.resume();
				toldToStop = performance.now();
				if (!hasEnded) tell({ kind: "stop" });
				const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
				const { killed } = await ended;
				clearTimeout(timer);
				return !killed;
			},
			onProving: () => undefined,
		};
		tell({ kind: "run", ...request });
		return worker;
	};

	return {
		start,
		warm: async (count) => {
			while (waiting.length < count) waiting.push(create());
			await Promise.all(waiting.map(({ idle }) => idle));
		},
		takeOutput: () => printed.splice(0).join(""),
		close: async () => {
			const exits = [...all].map((child) => new Promise((resolve) => child.once("exit", resolve)));
			for (const child of all) child.kill("SIGKILL");
			await Promise.all(exits);
		},
	};
};
