/** The API for the participant's own web page. What each answer holds is in openapi.json; none holds a key, a share, a weight or a row. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { BlockStore } from "../../adapters/ipfs/blockStore.ts";
import { OFFERED_ACTIONS } from "../../protocol/offeredActions.ts";
import { blockRoute } from "./blockRoute.ts";
import { type DescribedPorts, describeStatus, describeTransactions } from "./describe.ts";
import { PROBLEMS, refuse, startingOf } from "./problems.ts";
import { streamRoute } from "./streamRoute.ts";

export type ApiPorts = DescribedPorts & {
	/** Takes the blocks that the page publishes; undefined for roles that publish none. */
	readonly published?: BlockStore | undefined;
};

const prepareSchema = z.strictObject({ action: z.enum(OFFERED_ACTIONS) });

export const apiRoutes = (app: FastifyInstance, ports: ApiPorts): void => {
	const { state, jobs, offers, published } = ports;

	app.get("/status", async (_, reply) => describeStatus(ports) ?? refuse(reply, startingOf(state)));

	app.get("/dataset", async (_, reply) => {
		if (state.role !== "hospital") return refuse(reply, PROBLEMS.role);
		return state.identity()?.dataset ?? refuse(reply, startingOf(state));
	});

	app.get("/jobs", async () => ({ jobs: jobs.list() }));

	streamRoute(app, ports);

	app.get("/transactions", async () => describeTransactions(offers));

	app.post("/transactions/prepare", async (request, reply) => {
		const parsed = prepareSchema.safeParse(request.body);
		if (!parsed.success) return refuse(reply, PROBLEMS.request);
		const identity = state.identity();
		if (identity === undefined) return refuse(reply, startingOf(state));
		if (identity.wallet.kind === "keystore") return refuse(reply, PROBLEMS.headless);
		const offer = offers.get(parsed.data.action);
		if (offer === undefined) return refuse(reply, PROBLEMS.notDue);
		const { to, data, chainId, summary } = offer;
		return { to, data, chainId, summary };
	});

	blockRoute(app, published);
};
