/** HTTP requests with every header as the test wants it: fetch sets Host and Origin by itself. */
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

export type Answer = {
	readonly status: number;
	readonly headers: IncomingMessage["headers"];
	readonly text: string;
	readonly json: unknown;
};

export type Asked = {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
};

const parse = (body: string): unknown => {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
};

export const open = (url: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<IncomingMessage> =>
	new Promise((resolve, reject) => {
		const sent = request(url, { method, headers, agent: false }, resolve);
		sent.on("error", reject);
		sent.end(body);
	});

export const ask = async (url: string, asked: Asked = {}): Promise<Answer> => {
	const answer = await open(url, asked);
	const body = await text(answer);
	return { status: answer.statusCode ?? 0, headers: answer.headers, text: body, json: parse(body) };
};
