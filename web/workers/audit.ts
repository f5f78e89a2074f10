/** The audit's worker: the page stays responsive while proofs are verified, and ends an audit by ending this. */
import "../lib/security/noEval.ts";
import { startSchema } from "../lib/audit/messages.ts";
import { runSession } from "../lib/audit/session.ts";
import { verifyProof } from "../lib/audit/verifyProof.ts";

self.addEventListener("message", (event: MessageEvent<unknown>) => {
	const { request } = startSchema.parse(event.data);
	void runSession(request, {
		verifyProof,
		post: (message) => self.postMessage(message),
		now: () => performance.now(),
	});
});
