/** TCP ports of 127.0.0.1 for servers that several processes have to know before they start. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { systemErrorCode } from "../worker/adapters/atomicFile.ts";
import { DecentraHealthError } from "../worker/protocol/errors.ts";

/** Below the range that systems take outgoing connections' ports from: what is free now is free when its server starts. */
const [FIRST, LAST] = [20_000, 32_000];

/** @throws the system's error when something listens there */
const tryPort = (port: number): Promise<void> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
	});

const isFree = (port: number): Promise<boolean> =>
	tryPort(port).then(
		() => true,
		() => false,
	);

/** @param option that chooses another one @throws DecentraHealthError PORT_IN_USE */
export const requireFreePort = (port: number, option = "--port"): Promise<void> =>
	tryPort(port).catch((error: unknown) => {
		throw new DecentraHealthError("PORT_IN_USE", {
			message: `127.0.0.1:${port} can't be listened on (${systemErrorCode(error)})`,
			nextStep: `Stop the program that uses it, or choose another one with ${option}.`,
		});
	});

/** So many different ones that nobody listens on. @param preferred comes first when it is free */
export const freePorts = async (count: number, preferred?: number): Promise<readonly number[]> => {
	const ports: number[] = preferred !== undefined && (await isFree(preferred)) ? [preferred] : [];
	const start = randomInt(FIRST, LAST);
	for (let tried = 0; ports.length < count; tried++) {
		if (tried > LAST - FIRST) {
			throw new DecentraHealthError("PORT_IN_USE", {
				message: `there are no ${count} free ports from ${FIRST} to ${LAST}`,
				nextStep: "Stop programs that listen on 127.0.0.1.",
			});
		}
		const port = FIRST + ((start - FIRST + tried) % (LAST - FIRST));
		if (await isFree(port)) ports.push(port);
	}
	return ports;
};

/** @throws DecentraHealthError PORT_IN_USE */
export const freePort = async (): Promise<number> => (await freePorts(1))[0] as number;
