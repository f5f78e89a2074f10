/** A gateway that passes everything on, except that one object has another byte. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hex } from "viem";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";

export type LyingGateway = { readonly url: string; readonly close: () => Promise<void> };

/** @param offset of the byte */
export const startLyingGateway = async (honest: string, digest: Hex, offset: number): Promise<LyingGateway> => {
	const server = createServer(async (request, response) => {
		const { pathname, search } = new URL(request.url ?? "/", honest);
		const answer = await fetch(new URL(`${pathname}${search}`, honest), {
			headers: { accept: request.headers.accept ?? "*/*" },
		});
		const bytes = Buffer.from(await answer.arrayBuffer());
		if (pathname.includes(cidOf(digest))) bytes[offset] = (bytes[offset] ?? 0) ^ 1;
		response.writeHead(answer.status, {
			"Content-Type": answer.headers.get("content-type") ?? "application/vnd.ipld.raw",
			"Access-Control-Allow-Origin": "*",
		});
		response.end(bytes);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
};
