/** A small HTTP server for tests of clients. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** An HTTP server that answers as told. Closed when the test ends. */
export const serve = async (context: TestContext, listener: RequestListener): Promise<URL> => {
	const server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	context.after(() => {
		server.close();
		server.closeAllConnections();
	});
	return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
};
