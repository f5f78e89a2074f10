/** A worker's local HTTP server with a state, jobs and offers that the test writes. */
import type { TestContext } from "node:test";
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import type { Role } from "../../../worker/service/config/schema.ts";
import { randomToken } from "../../../worker/service/http/guard.ts";
import { startHttpServer } from "../../../worker/service/http/server.ts";
import { createJobs } from "../../../worker/service/jobs.ts";
import { createMetrics } from "../../../worker/service/metrics.ts";
import { createState, type WorkerIdentity } from "../../../worker/service/state.ts";
import { createOffers, type Offer } from "../../../worker/service/wallet/offers.ts";
import { type Asked, ask } from "./request.ts";

const ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

export const IDENTITY: WorkerIdentity = {
	chainId: 31337,
	deployment: { hospitalRegistry: ADDRESS, modelRegistry: ADDRESS, roundManager: ADDRESS },
	study: { studyId: 1n, name: "wdbc", definitionDigest: `0x${"ab".repeat(32)}` },
	wallet: { kind: "external", address: ADDRESS },
	dataset: {
		samples: 96,
		leftOver: 3,
		batches: 6,
		batchSize: 16,
		classes: { benign: 56, malignant: 40 },
		root: "12345",
		report: {
			verdict: "problems",
			findings: [
				{ severity: "problem", code: "duplicates", text: "train: 1 row the same as an earlier row. Fix.", count: 1 },
			],
		},
	},
	expects: () => ({ seconds: 12.5, proofs: 3 }),
};

export const OFFER: Offer = {
	action: "submitUpdate",
	to: ADDRESS,
	data: "0x1234",
	chainId: 31337,
	summary: "submit the update of round 1",
	from: ADDRESS,
	preparedAt: "2025-01-01T00:00:00.000Z",
};

export const ORIGIN = "https://app.example";

export type LocalServerOptions = {
	readonly port?: number;
	readonly origins?: readonly string[];
	readonly role?: Role;
	/** What a coordinator's page publishes goes there. */
	readonly published?: BlockStore;
};

export const startLocalServer = async (context: TestContext, options: LocalServerOptions = {}) => {
	const { port = 0, origins = [ORIGIN], role = "hospital", published } = options;
	const token = randomToken();
	const state = createState(role);
	const [jobs, offers] = [createJobs(), createOffers()];
	const metrics = createMetrics({ role: "hospital", version: "0.0.0" });
	const faults: unknown[] = [];
	const server = await startHttpServer({
		port,
		origins,
		state,
		metrics,
		api: { state, jobs, offers, token, published },
		onFault: (error) => faults.push(error),
	});
	context.after(server.close);
	const authorized = { Authorization: `Bearer ${token}` };
	return {
		...server,
		token,
		state,
		jobs,
		offers,
		metrics,
		faults,
		authorized,
		/** With the token. */
		ask: (path: string, asked: Asked = {}) =>
			ask(`${server.url}${path}`, { ...asked, headers: { ...authorized, ...asked.headers } }),
		/** Without. */
		askAnonymously: (path: string, asked: Asked = {}) => ask(`${server.url}${path}`, asked),
	};
};
