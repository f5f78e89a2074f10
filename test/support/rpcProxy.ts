/** A JSON-RPC node's answers as a test wants them: everything goes to the real node, except what `answer` decides. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type RpcRequest = { readonly method: string; readonly params: readonly unknown[] };

/** What to answer instead of the node. */
export type RpcAnswer =
	| { readonly result: unknown }
	| { readonly error: { readonly code: number; readonly message: string } }
	/** An answer of HTTP instead of JSON-RPC. */
	| { readonly status: number }
	/** The connection ends without an answer, after the node did what it was asked to. */
	| "dropped";

export type RpcProxy = {
	readonly url: string;
	/** Requests so far. */
	readonly requests: readonly RpcRequest[];
	/** Decides about the next requests; undefined passes on to the node. */
	answer: (request: RpcRequest) => RpcAnswer | undefined;
	readonly close: () => Promise<void>;
};

export const startRpcProxy = async (target: string): Promise<RpcProxy> => {
	const requests: RpcRequest[] = [];
	const server = createServer(async (incoming, outgoing) => {
		const chunks: Buffer[] = [];
		for await (const chunk of incoming) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks).toString("utf8");
		const { id, method, params } = JSON.parse(body);
		const request: RpcRequest = { method, params: params ?? [] };
		requests.push(request);
		const answer = proxy.answer(request);
		const headers = { "Content-Type": "application/json" };
		if (answer !== undefined && answer !== "dropped") {
			if ("status" in answer) outgoing.writeHead(answer.status).end("no");
			else outgoing.writeHead(200, headers).end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
			return;
		}
		const text = await (await fetch(target, { method: "POST", headers, body })).text();
		if (answer === "dropped") outgoing.destroy();
		else outgoing.writeHead(200, headers).end(text);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const proxy: RpcProxy = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		answer: () => undefined,
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
	return proxy;
};
