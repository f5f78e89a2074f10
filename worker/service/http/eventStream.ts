/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { PassThrough } from "node:stream";

/** Keeps proxies and browsers from giving the connection up. */
const HEARTBEAT = 15_000;
/** A page that reads nothing, such as one of a suspended machine, is given up when so many bytes wait for it. */
const MOST_WAITING = 1_048_576;

export type EventStream = {
	readonly body: PassThrough;
	/** @param event its name @param data sent as one line of JSON */
	readonly send: (event: string, data: unknown) => void;
	readonly end: () => void;
};

export const eventStream = (): EventStream => {
	const body = new PassThrough();
	let id = 0;
	const write = (text: string): void => {
		if (body.writableEnded || body.destroyed) return;
		if (body.writableLength + body.readableLength > MOST_WAITING) body.destroy();
		else body.write(text);
	};
	const heartbeat = setInterval(() => write(": still here\n\n"), HEARTBEAT);
	heartbeat.unref();
	return {
		body,
		send: (event, data) => write(`id: ${++id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
		end: () => {
			clearInterval(heartbeat);
			body.end();
		},
	};
};
