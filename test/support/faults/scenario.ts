/** What a scenario is: faults that a seed decides in detail, and how the round may end all the same. */
import type { FailureReason } from "../../../worker/core/ledger/state.ts";
import type { Stage } from "./stage.ts";

/** How a round ends. One that is frozen may also wait for ever: it is never repeated. */
export type Ending = "Finalized" | `Failed: ${FailureReason}` | "Waiting: Frozen" | "Waiting: Opened";

export type Scenario = {
	/** Lower-case words with hyphens; unique. */
	readonly name: string;
	/** What goes wrong, for the table. */
	readonly fault: string;
	/** Every way in which the first round may end. */
	readonly endings: readonly Ending[];
	/** Fewest and most updates that a finalized round may rest on; three when all hospitals take part. */
	readonly updates?: readonly [number, number];
	/** Needs a node that can take blocks back. */
	readonly reorganizes?: true;
	/** Share keys and data sets are not registered yet: the workers do it. */
	readonly joins?: true;
	/** Rounds that have to end; by default one. */
	readonly rounds?: number;
	/** Milliseconds of a proof. */
	readonly proving?: readonly [number, number];
	/** Before the workers are started. */
	readonly before?: (stage: Stage) => Promise<void>;
	/** The faults, from the workers' start on. When it is over, all links are healed and whoever is not in `gone` is up again. */
	readonly run: (stage: Stage) => Promise<void>;
};
