/** What anyone may send to a port: no program speaks like that, and every worker has to go on all the same. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { RandomRing } from "../randomRing.ts";
import type { Name } from "./consortium.ts";
import type { Stage } from "./stage.ts";

const LONG = "a".repeat(200_000);

const requests = (random: RandomRing): readonly (string | Uint8Array)[] => [
	"GET / HTTP/1.1\r\n\r\n",
	"GET /ipfs/../../../../etc/passwd?format=raw HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
	"GET /ipfs/%2e%2e%2fkeystore.json?format=raw HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
	"GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer 00\r\nConnection: close\r\n\r\n",
	"GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n",
	`GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${LONG}\r\n\r\n`,
	`POST /api/v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${LONG.length}\r\n\r\n${LONG}`,
	"POST /api/v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999999\r\n\r\n{",
	"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nffffffff\r\nx",
	"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: null\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
	"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"\r\n\r\n\r\n\u0000\u0001\u0002",
	Uint8Array.from({ length: 2_000 }, () => random.below(256)),
];

/** @returns what was answered within a moment; whatever the worker does with the connection is fine */
const send = (port: number, bytes: string | Uint8Array): Promise<Buffer> =>
	new Promise((resolve) => {
		const answer: Buffer[] = [];
		const socket = connect({ port, host: "127.0.0.1" });
		const done = (): void => {
			socket.destroy();
			resolve(Buffer.concat(answer));
		};
		socket.setTimeout(400, done);
		socket.on("data", (chunk: Buffer) => answer.push(chunk));
		socket.on("error", done);
		socket.on("close", done);
		socket.write(bytes);
	});

/** Sends garbage to both ports of the participant's worker, all at once, and some connections that say nothing. */
export const besiege = async ({ actors, random, seen, violation }: Stage, name: Name): Promise<void> => {
	const places = await Promise.race([actors[name].places(), sleep(5_000, undefined, { ref: false })]);
	if (places === undefined) return;
	const ports = [places.http, places.gateway].flatMap((url) => (url === undefined ? [] : [Number(new URL(url).port)]));
	const silent = ports.flatMap((port) =>
		[1, 2, 3].map(() => connect({ port, host: "127.0.0.1" }).on("error", () => undefined)),
	);
	for (const port of ports) {
		const answers = await Promise.all(requests(random).map((bytes) => send(port, bytes)));
		for (const answer of answers) {
			seen(`an answer of ${name} to garbage`, answer);
			if (/"(?:jobs|dataset|wallet)"/.test(answer.toString("latin1"))) violation(`${name} answered without a token`);
		}
	}
	for (const socket of silent) socket.destroy();
};
