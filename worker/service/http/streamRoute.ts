/** What goes on in the worker, to as many pages as follow it, without their asking. */
import type { FastifyInstance } from "fastify";
import { type DescribedPorts, describeStatus, describeTransactions } from "./describe.ts";
import { eventStream } from "./eventStream.ts";
import { PROBLEMS, refuse } from "./problems.ts";

/** Pages that follow the worker at the same time. */
const MOST_STREAMS = 8;

/** Calls `send` soon after a change, once for all changes of a moment, and not for a status that was sent already. */
const statusSender = (ports: DescribedPorts, send: (status: unknown) => void) => {
	let sent: string | undefined;
	let planned: NodeJS.Immediate | undefined;
	const now = (): void => {
		planned = undefined;
		const status = describeStatus(ports);
		const text = JSON.stringify(status);
		if (status === undefined || text === sent) return;
		sent = text;
		send(status);
	};
	return {
		now,
		soon: (): void => {
			planned ??= setImmediate(now);
		},
		end: (): void => clearImmediate(planned),
	};
};

export const streamRoute = (app: FastifyInstance, ports: DescribedPorts): void => {
	const { state, jobs, offers } = ports;
	let streams = 0;

	app.get("/jobs/events", async (request, reply) => {
		if (streams >= MOST_STREAMS) return refuse(reply, PROBLEMS.streams);
		streams++;
		const stream = eventStream();
		const status = statusSender(ports, (described) => stream.send("status", described));
		stream.send("jobs", { jobs: jobs.list() });
		stream.send("transactions", describeTransactions(offers));
		status.now();
		const ends = [
			jobs.subscribe((job) => {
				stream.send("job", job);
				status.soon();
			}),
			offers.subscribe(() => {
				stream.send("transactions", describeTransactions(offers));
				status.soon();
			}),
			state.subscribe(status.soon),
			status.end,
			stream.end,
		];
		request.raw.once("close", () => {
			streams--;
			for (const end of ends) end();
		});
		return reply.type("text/event-stream").header("X-Accel-Buffering", "no").send(stream.body);
	});
};
