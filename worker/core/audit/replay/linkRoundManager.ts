/** The rule of both registries: each obeys one round manager, the deployment's, named once. */
import { isAddressEqual } from "viem";
import type { Deployment, LedgerEvent } from "../../ledger/events.ts";
import type { ReplayState } from "./state.ts";

export const linkRoundManager = (
	state: Pick<ReplayState, "linked">,
	event: Extract<LedgerEvent, { name: "RoundManagerSet" }>,
	{ deployment, object }: { deployment: Deployment; object: (problem: string) => void },
): void => {
	if (state.linked.has(event.source)) object("the round manager is set twice");
	if (!isAddressEqual(event.args.roundManager, deployment.roundManager)) {
		object(`the registry obeys round manager ${event.args.roundManager}`);
	}
	state.linked.add(event.source);
};
