/** Time as the loop sees it: tests bring one of their own. */
import { setTimeout as sleep } from "node:timers/promises";

export type Clock = {
	/** Milliseconds, only ever growing. */
	readonly now: () => number;
	/** Resolves after that many milliseconds, or as soon as the signal aborts. */
	readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
	now: () => performance.now(),
	wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};
