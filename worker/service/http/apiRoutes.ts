/** The hospital's API for its own web page. What each answer holds is in openapi.json; none holds a key, a share, a weight or a row. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { RoundRecord } from "../../core/ledger/state.ts";
import type { Jobs } from "../jobs.ts";
import type { WorkerState } from "../state.ts";
import { VERSION } from "../version.ts";
import { OFFERED_ACTIONS, type Offer, type Offers } from "../wallet/offers.ts";
import { eventStream } from "./eventStream.ts";
import { PROBLEMS, refuse } from "./problems.ts";

export type ApiPorts = {
	readonly state: WorkerState;
	readonly jobs: Jobs;
	readonly offers: Offers;
};

/** Pages that follow the worker at the same time. */
const MOST_STREAMS = 8;

const describeRound = (round: RoundRecord) => ({
	id: Number(round.roundId),
	phase: round.phase,
	deadline: Number(round.deadline),
	checkingDeadline: Number(round.checkingDeadline),
	updates: round.updates.length,
	expectedUpdates: Number(round.opening.expectedUpdates),
});

const describeOffer = ({ action, to, data, chainId, summary, from, preparedAt }: Offer) => ({
	action,
	to,
	data,
	chainId,
	summary,
	from,
	preparedAt,
});

/** What the user has to do comes before what the worker does, and that before what it waits for. */
const describeNext = ({ state, jobs, offers }: ApiPorts) => {
	const [offered] = offers.list();
	if (offered !== undefined) return { state: "sign", action: offered.action, text: offered.summary };
	const running = jobs.list().findLast((job) => job.state === "running");
	if (running !== undefined) return { state: "working", action: null, text: running.step };
	const last = state.last();
	return { state: "waiting", action: null, text: last?.kind === "wait" ? (last.reason ?? null) : null };
};

const describeStatus = (ports: ApiPorts) => {
	const { state } = ports;
	const identity = state.identity();
	const look = state.look();
	if (identity === undefined || look === undefined) return undefined;
	const { chainId, deployment, studyId, studyName, wallet } = identity;
	return {
		role: state.role,
		version: VERSION,
		chain: { id: chainId, block: Number(look.blockNumber), time: Number(look.now) },
		contracts: deployment,
		study: { id: Number(studyId), name: studyName },
		wallet,
		round: look.round === undefined ? null : describeRound(look.round),
		next: describeNext(ports),
		problem: state.problem() ?? null,
	};
};

const prepareSchema = z.strictObject({ action: z.enum(OFFERED_ACTIONS) });

export const apiRoutes = (app: FastifyInstance, ports: ApiPorts): void => {
	const { state, jobs, offers } = ports;
	let streams = 0;

	app.get("/status", async (_, reply) => describeStatus(ports) ?? refuse(reply, PROBLEMS.starting));

	app.get("/dataset", async (_, reply) => state.identity()?.dataset ?? refuse(reply, PROBLEMS.starting));

	app.get("/jobs", async () => ({ jobs: jobs.list() }));

	app.get("/jobs/events", async (request, reply) => {
		if (streams >= MOST_STREAMS) return refuse(reply, PROBLEMS.streams);
		streams++;
		const stream = eventStream();
		stream.send("jobs", { jobs: jobs.list() });
		const ends = [
			jobs.subscribe((job) => stream.send("job", job)),
			offers.subscribe(() => stream.send("transactions", { transactions: offers.list().map(describeOffer) })),
		];
		request.raw.once("close", () => {
			streams--;
			for (const end of ends) end();
			stream.end();
		});
		return reply.type("text/event-stream").header("X-Accel-Buffering", "no").send(stream.body);
	});

	app.get("/transactions", async () => ({ transactions: offers.list().map(describeOffer) }));

	app.post("/transactions/prepare", async (request, reply) => {
		const parsed = prepareSchema.safeParse(request.body);
		if (!parsed.success) return refuse(reply, PROBLEMS.request);
		const identity = state.identity();
		if (identity === undefined) return refuse(reply, PROBLEMS.starting);
		if (identity.wallet.kind === "keystore") return refuse(reply, PROBLEMS.headless);
		const offer = offers.get(parsed.data.action);
		if (offer === undefined) return refuse(reply, PROBLEMS.notDue);
		const { to, data, chainId, summary } = offer;
		return { to, data, chainId, summary };
	});
};
