/** Every scenario, and the few that are run with each change. */
import type { Scenario } from "../scenario.ts";
import { blockScenarios } from "./blocks.ts";
import { chaosScenarios } from "./chaos.ts";
import { hostileScenarios } from "./hostile.ts";
import { networkScenarios } from "./network.ts";
import { processScenarios } from "./processes.ts";
import { reorganizationScenarios } from "./reorganizations.ts";

export const SCENARIOS: readonly Scenario[] = [
	...processScenarios,
	...networkScenarios,
	...blockScenarios,
	...reorganizationScenarios,
	...hostileScenarios,
	...chaosScenarios,
];

/** One or two of each kind. */
export const SHORT: readonly string[] = [
	"everybody-killed-once",
	"hospital-gone",
	"members-away-for-years",
	"coordinator-tries-to-repeat",
	"rpc-drops",
	"stores-lie",
	"hostile-bundle",
	"reorg-keeps-some",
	"deep-reorg-changes-the-set",
	"chaos-with-reorgs",
];
