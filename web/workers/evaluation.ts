/** The evaluation's worker: predictions of all held-out rows by every model would otherwise hold the page up. */
import "../lib/security/noEval.ts";
import { evaluationRequestSchema } from "../lib/evaluation/messages.ts";
import { createSession } from "../lib/evaluation/session.ts";
import { openGateways } from "../lib/ipfs/openGateways.ts";

const answer = createSession({
	openStore: openGateways,
	post: (message) => self.postMessage(message),
});

self.addEventListener("message", (event: MessageEvent<unknown>) => {
	void answer(evaluationRequestSchema.parse(event.data));
});
