/** What a participant's page does with a worker that has no key: follows it by its events, has prepared what is due, and lets the wallet send it. */
import assert from "node:assert/strict";
import { createWalletClient, http, type LocalAccount } from "viem";
import { eventsOf } from "./events.ts";
import { assertDocumented, assertSchema } from "./openapi.ts";
import { ask, open } from "./request.ts";

export type PageOptions = {
	/** Of the worker's API. */
	readonly url: string;
	readonly token: string;
	readonly rpcUrl: string;
	readonly account: LocalAccount;
	/** Of the page. */
	readonly origin: string;
	/** Ends it. */
	readonly signal: AbortSignal;
};

type Status = {
	readonly next: { readonly state: string; readonly action: string | null; readonly text: string | null };
};

/** @returns what it sees and does, as it goes on */
export const signingPage = ({ url, token, rpcUrl, account, origin, signal }: PageOptions) => {
	const headers = { Authorization: `Bearer ${token}`, Origin: origin };
	// A busy machine's node takes its time; sent again, the transaction would be refused as known.
	const wallet = createWalletClient({ account, transport: http(rpcUrl, { timeout: 120_000 }) });
	const signed: string[] = [];
	const statuses: Status[] = [];
	/** Everything that the worker ever answered. */
	const answers: string[] = [];
	const sent = new Set<string>();

	/** Somebody else may be faster: then it is refused, and the worker withdraws it. */
	const sign = async (action: string): Promise<void> => {
		const asked = {
			method: "POST",
			headers: { ...headers, "Content-Type": "application/json" },
			body: JSON.stringify({ action }),
		};
		const prepared = await ask(`${url}/v1/transactions/prepare`, asked);
		answers.push(prepared.text);
		assertDocumented("POST", "/v1/transactions/prepare", prepared);
		if (prepared.status !== 200) return;
		const { to, data, chainId } = prepared.json as { to: `0x${string}`; data: `0x${string}`; chainId: number };
		assert.equal(chainId, 31337);
		if (sent.has(data)) return;
		sent.add(data);
		const hash = await wallet.sendTransaction({ to, data, chain: null, gas: 8_000_000n }).catch(() => undefined);
		if (hash !== undefined) signed.push(action);
	};

	const run = async (): Promise<void> => {
		const stream = await open(`${url}/v1/jobs/events`, { headers });
		assert.equal(stream.statusCode, 200);
		signal.addEventListener("abort", () => stream.destroy(), { once: true });
		try {
			for await (const { event, data } of eventsOf(stream)) {
				answers.push(JSON.stringify(data));
				const schema = { jobs: "Jobs", job: "Job", transactions: "Transactions", status: "Status" }[event ?? ""];
				assertSchema(schema ?? assert.fail(`an event ${event}`), data);
				if (event !== "status") continue;
				const status = data as Status;
				statuses.push(status);
				const { state, action } = status.next;
				if (state === "sign" && action !== null) await sign(action);
			}
		} catch (error) {
			if (!signal.aborted) throw error;
		}
	};
	return {
		signed,
		statuses,
		answers,
		/** Until the signal aborts. */
		running: run(),
		ask: async (path: string) => {
			const answer = await ask(`${url}${path}`, { headers });
			answers.push(answer.text);
			assertDocumented("GET", path, answer);
			return answer;
		},
	};
};
