/** The gateway's process: gatewayProcess.ts starts it. It has no key, is told the store's location alone, and ends with the process that started it. */
import { setTimeout as sleep } from "node:timers/promises";
import { isDecentraHealthError } from "../../protocol/errors.ts";
import type { FromProgram, ToProgram } from "./gatewayProcess.ts";
import { type Gateway, startGateway } from "./gatewayServer.ts";
import { openBlockStore } from "./openBlockStore.ts";

/** For one answer of a Kubo node, milliseconds: it reads its own blocks. */
const STORE_TIMEOUT = 10_000;
/** The program that had the port may be ending just now: the gateway of a worker that was killed a moment ago. */
const LISTEN_ATTEMPTS = 5;
const LISTEN_PAUSE = 200;

const serve = async ({ location, ...options }: ToProgram): Promise<Gateway> => {
	const store = await openBlockStore(location, { create: true, offline: true, timeout: STORE_TIMEOUT });
	for (let attempt = 1; ; attempt++) {
		try {
			return await startGateway({ store, ...options });
		} catch (error) {
			const isTaken = isDecentraHealthError(error) && error.message.includes("EADDRINUSE");
			if (!isTaken || attempt === LISTEN_ATTEMPTS) throw error;
			await sleep(LISTEN_PAUSE);
		}
	}
};

const answer = async (message: ToProgram): Promise<FromProgram> => {
	try {
		return { kind: "listening", url: (await serve(message)).url };
	} catch (error) {
		if (!isDecentraHealthError(error)) throw error;
		const { code, message: text, nextStep } = error;
		return { kind: "failed", code, message: text, nextStep };
	}
};

process.once("disconnect", () => process.exit(0));
// Ctrl-C reaches it, too; it ends when its worker has ended what it does.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.once("message", (message) => {
	void answer(message as ToProgram).then((reply) => process.send?.(reply));
});
