/** What a worker knows about itself, for its page and its health: kept by the loop, read by the HTTP server. */
import { EventEmitter } from "node:events";
import type { Address, Hex } from "viem";
import type { Deployment } from "../core/ledger/events.ts";
import type { RoundRecord } from "../core/ledger/state.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";
import type { Role } from "./config/schema.ts";
import type { Look, Step } from "./loop/runLoop.ts";
import type { DatasetSummary } from "./open/dataset.ts";

export type WorkerIdentity = {
	readonly chainId: number;
	readonly deployment: Deployment;
	readonly wallet: { readonly kind: "keystore" | "external"; readonly address: Address };
	/** Undefined while the configured study is not on the chain. */
	readonly study?: { readonly studyId: bigint; readonly name: string; readonly definitionDigest: Hex } | undefined;
	readonly dataset?: DatasetSummary | undefined;
	/** What the proofs of a round will take; undefined as long as nothing was measured. */
	readonly expects?: ((round: RoundRecord | undefined) => Expectation | undefined) | undefined;
};

export type Expectation = {
	/** Wall seconds of all the proofs, one after another. */
	readonly seconds: number;
	readonly proofs: number;
};

export type Problem = { readonly code: string; readonly message: string; readonly nextStep: string };

/** Any error as what may be shown: of one without a code, nothing but that. */
export const problemOf = (error: unknown): Problem =>
	isDecentraHealthError(error)
		? { code: error.code, message: error.message, nextStep: error.nextStep }
		: { code: "UNEXPECTED", message: "a fault of the program", nextStep: "Report it with the worker's log." };

/** A worker that has not looked at the chain for so long is not ready, milliseconds. */
const STALE = 120_000;

export type WorkerState = ReturnType<typeof createState>;

export const createState = (role: Role, now: () => number = () => performance.now()) => {
	let identity: WorkerIdentity | undefined;
	let look: Look | undefined;
	let lookedAt = 0;
	let last: Step | undefined;
	let problem: Problem | undefined;
	const emitter = new EventEmitter<{ change: [] }>();
	// One listener per open page.
	emitter.setMaxListeners(64);
	return {
		role,
		opened: (opened: WorkerIdentity): void => {
			identity = opened;
			emitter.emit("change");
		},
		looked: (seen: Look): void => {
			look = seen;
			lookedAt = now();
			emitter.emit("change");
		},
		stepped: (step: Step): void => {
			last = step;
			problem = undefined;
			emitter.emit("change");
		},
		failed: (error: unknown): void => {
			problem = problemOf(error);
			emitter.emit("change");
		},
		/** It goes on where it had failed. */
		recovered: (): void => {
			if (problem === undefined) return;
			problem = undefined;
			emitter.emit("change");
		},
		/** @returns a function that ends it */
		subscribe: (listener: () => void): (() => void) => {
			emitter.on("change", listener);
			return () => emitter.off("change", listener);
		},
		identity: () => identity,
		look: () => look,
		/** The last step; what is next follows from the next look. */
		last: () => last,
		problem: () => problem,
		/** Undefined when it is ready; otherwise why not. */
		notReady: (): string | undefined => {
			if (identity === undefined || look === undefined) return "it is starting";
			return now() - lookedAt > STALE ? "the chain was not looked at for two minutes" : undefined;
		},
	};
};
