/** Limits of a round's times in seconds, as the contracts have them (RoundOpening, RoundEndings). */
import { isDevelopmentChain } from "./developmentChain.ts";

export const MAX_DURATION = 365 * 24 * 3600;

/** A round that is frozen, or opened, for longer lets the coordinator close its study for good. */
export const CLOSING_DELAY = 180n * 24n * 3600n;

/** Shorter phases would let the coordinator choose by the minute who takes part. */
export const minDuration = (chainId: number): number => (isDevelopmentChain(chainId) ? 1 : 3600);
