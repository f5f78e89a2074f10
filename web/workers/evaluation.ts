/** The evaluation's worker: predictions of all held-out rows by every model would otherwise hold the page up. */
import "../lib/security/noEval.ts";
import { firstOf } from "../../worker/adapters/ipfs/firstOf.ts";
import { gatewayStore } from "../../worker/adapters/ipfs/gatewayStore.ts";
import { evaluationRequestSchema } from "../lib/evaluation/messages.ts";
import { createSession } from "../lib/evaluation/session.ts";

const answer = createSession({
	openStore: (gateways) => firstOf(gateways.map((gateway) => gatewayStore(new URL(gateway)))),
	post: (message) => self.postMessage(message),
});

self.addEventListener("message", (event: MessageEvent<unknown>) => {
	void answer(evaluationRequestSchema.parse(event.data));
});
