/** How far the worker's proofs of a round are, from its jobs and its own expectation. */
import { capitalized } from "../words/capitalized.ts";
import type { Job, WorkerStatus } from "./schemas.ts";

export type ProvingProgress = {
	/** "Training proof 2 of 3". */
	readonly label: string;
	/** 0 to 1. */
	readonly fraction: number;
	/** Of the job that runs, and of all since the last submission; wall seconds. */
	readonly seconds: number;
	readonly total: number;
	/** What is left, as far as the worker knows its own speed. */
	readonly remaining: number | undefined;
	/** What is done and running, oldest first. */
	readonly jobs: readonly Job[];
};

const TRAINING = /^prove training segment (\d+) of (\d+)$/;
const ENCRYPTION = /^prove the encryption$/;
const KEY_SUM = /^prove key sum part (\d+) of (\d+)$/;
/** What ends a round's work, or comes before it. */
const BOUNDARY = /^(?:submit the update|post the key sum|attest to|commit to|register the share key)/;

const labelOf = (step: string): string => {
	const training = TRAINING.exec(step);
	if (training !== null) return `Training proof ${training[1]} of ${training[2]}`;
	if (ENCRYPTION.test(step)) return "Encryption proof";
	const keySum = KEY_SUM.exec(step);
	if (keySum !== null) return `Key sum proof ${keySum[1]} of ${keySum[2]}`;
	return capitalized(step);
};

const secondsSince = (iso: string, now: number): number => Math.max(0, (now - Date.parse(iso)) / 1000);

/** The jobs since the last transaction of this worker; stopped ones were started again under another id. */
const currentJobs = (jobs: readonly Job[]): readonly Job[] => {
	const last = jobs.findLastIndex(({ step, state }) => state === "done" && BOUNDARY.test(step));
	return jobs.slice(last + 1).filter(({ state, step }) => state !== "stopped" && !BOUNDARY.test(step));
};

/** Proofs of this round before the one that runs; those of an earlier process are counted by its number. */
const finishedProofs = (running: Job, jobs: readonly Job[], proofs: number): number => {
	const [, number] = TRAINING.exec(running.step) ?? KEY_SUM.exec(running.step) ?? [];
	if (number !== undefined) return Number(number) - 1;
	if (ENCRYPTION.test(running.step)) return Math.max(0, proofs - 1);
	return jobs.filter(({ state, step }) => state === "done" && step.startsWith("prove")).length;
};

/** By the worker's own measure, or by this round's finished proofs where those took longer: the machine may have other work. */
const secondsOfAProof = (jobs: readonly Job[], expects: WorkerStatus["expects"]): number | undefined => {
	const finished = jobs.filter(({ state, step }) => state === "done" && step.startsWith("prove"));
	const mean = finished.reduce((sum, { seconds = 0 }) => sum + seconds, 0) / finished.length;
	if (expects === null) return finished.length === 0 ? undefined : mean;
	const expected = expects.seconds / Math.max(1, expects.proofs);
	return finished.length === 0 ? expected : Math.max(expected, mean);
};

/** A proof that takes longer than expected is not shown as finished. */
const MOST_OF_A_PROOF = 0.95;

/** @param now milliseconds by this machine's clock, which is the worker's too @returns undefined while nothing runs */
export const provingProgress = (
	allJobs: readonly Job[],
	expects: WorkerStatus["expects"],
	now: number,
): ProvingProgress | undefined => {
	const jobs = currentJobs(allJobs);
	// The oldest: while it is proven, the witness of the next one is computed.
	const running = jobs.find(({ state }) => state === "running");
	const [first] = jobs;
	if (running === undefined || first === undefined) return undefined;
	const seconds = secondsSince(running.startedAt, now);
	const isProof = running.step.startsWith("prove");
	const counted = TRAINING.exec(running.step)?.[2];
	const proofs = Math.max(1, expects?.proofs ?? (counted === undefined ? 1 : Number(counted) + 1));
	const each = secondsOfAProof(jobs, expects);
	const part = isProof && each !== undefined && each > 0 ? Math.min(MOST_OF_A_PROOF, seconds / each) : 0;
	const done = Math.min(proofs, finishedProofs(running, jobs, proofs));
	return {
		label: labelOf(running.step),
		fraction: Math.min(1, (done + part) / proofs),
		seconds,
		total: secondsSince(first.startedAt, now),
		remaining: each === undefined ? undefined : Math.max(0, (proofs - done - part) * each),
		jobs,
	};
};
