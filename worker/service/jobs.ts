/** What the worker is doing and has done lately, for the local page: steps with their progress, nothing of what they work on. */
import { EventEmitter } from "node:events";
import type { ProgressEvent } from "../node/participant.ts";

export type Job = {
	readonly id: number;
	/** "prove training segment 1 of 3". */
	readonly step: string;
	/** A job is stopped when what it belongs to failed; it is started again under another id. */
	readonly state: "running" | "done" | "stopped";
	/** Part of a sequence, counted from 1. */
	readonly part?: { readonly number: number; readonly of: number };
	/** ISO 8601. */
	readonly startedAt: string;
	/** Wall seconds of a finished job. */
	readonly seconds?: number;
	/** Of its transaction, decimal. */
	readonly gas?: string;
};

const KEPT = 100;

const partOf = (step: string): Pick<Job, "part"> => {
	const [, number, of] = /\b(\d{1,6}) of (\d{1,6})\b/.exec(step) ?? [];
	return number === undefined || of === undefined ? {} : { part: { number: Number(number), of: Number(of) } };
};

export type Jobs = ReturnType<typeof createJobs>;

export const createJobs = () => {
	const jobs: Job[] = [];
	const emitter = new EventEmitter<{ job: [Job] }>();
	// One listener per open page.
	emitter.setMaxListeners(64);
	let next = 1;
	const put = (job: Job): void => {
		const place = jobs.findIndex(({ id }) => id === job.id);
		if (place < 0) jobs.push(job);
		else jobs[place] = job;
		jobs.splice(0, Math.max(0, jobs.length - KEPT));
		emitter.emit("job", job);
	};
	const running = () => jobs.filter(({ state }) => state === "running");
	return {
		progress: ({ step, state, seconds, gas }: ProgressEvent): void => {
			const started = running().findLast((job) => job.step === step);
			if (state === "started") {
				// What was decided anew goes on.
				if (started !== undefined) return;
				put({ id: next++, step, state: "running", ...partOf(step), startedAt: new Date().toISOString() });
			} else if (started !== undefined) {
				put({
					...started,
					state: "done",
					...(seconds === undefined ? {} : { seconds: Number(seconds.toFixed(3)) }),
					...(gas === undefined ? {} : { gas: String(gas) }),
				});
			}
		},
		/** The action that the running jobs belong to has failed. */
		stopRunning: (): void => {
			for (const job of running()) put({ ...job, state: "stopped" });
		},
		list: (): readonly Job[] => [...jobs],
		/** @returns a function that ends it */
		subscribe: (listener: (job: Job) => void): (() => void) => {
			emitter.on("job", listener);
			return () => emitter.off("job", listener);
		},
	};
};
