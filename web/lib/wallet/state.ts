/** Where one step's transaction stands. */
import type { Hex } from "viem";
import type { Problem } from "../explain/types.ts";

export type SendState =
	| { readonly phase: "idle" }
	/** The call is explained, simulated and paid for in thought; nothing is asked of the wallet yet. */
	| { readonly phase: "checking" }
	| { readonly phase: "signing" }
	/** @param since milliseconds, by this machine's clock */
	| { readonly phase: "pending"; readonly hash: Hex; readonly since: number }
	| { readonly phase: "confirmed"; readonly hash: Hex; readonly gasUsed: bigint; readonly blockNumber: bigint }
	| { readonly phase: "failed"; readonly problem: Problem; readonly hash?: Hex };

/** Nothing else may be sent for the step meanwhile. */
export const isBusy = ({ phase }: SendState): boolean =>
	phase === "checking" || phase === "signing" || phase === "pending";
