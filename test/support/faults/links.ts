/**
 * Everything that goes between the processes of a scenario goes through here: /FROM/TO/... is passed on to whatever TO is, unless the link from
 * FROM to TO is told to lose, delay or change it.
 */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { RandomRing } from "../randomRing.ts";

export type LinkFault =
	/** The request never arrives: the connection breaks. */
	| "dropped"
	/** The request never arrives, and nobody says so until the link is healed. */
	| "silent"
	/** The request is carried out, and its answer lost. */
	| "answer lost"
	/** Some bytes of the answer are others. */
	| "corrupted"
	/** The answer ends in the middle. */
	| "truncated"
	/** More than a block may have, of nonsense. */
	| "oversized"
	/** An answer that has nothing to do with the request. */
	| "nonsense"
	| "HTTP 503"
	/** Answered after so many milliseconds. */
	| { readonly delay: number };

export type LinkRule = {
	readonly faults: readonly LinkFault[];
	/** Of a request to meet one of them; 1 by default. */
	readonly probability?: number;
};

/** What passed a link. */
export type Passage = { readonly from: string; readonly to: string; readonly request: Buffer; readonly answer: Buffer };

const OVERSIZE = 3 * 2 ** 20;

/** Hop-by-hop headers, and those that are about bytes which may be changed. */
const NOT_PASSED = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"]);

const passed = (headers: IncomingMessage["headers"]): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) =>
			value === undefined || NOT_PASSED.has(name) || name === "host" ? [] : [[name, String(value)]],
		),
	);

type Asked = { readonly method: string; readonly headers: Record<string, string>; readonly body: Buffer };
type Answered = { readonly status: number; readonly headers: Record<string, string>; readonly body: Buffer };

/** By node:http: fetch costs several times as much, and there are hundreds a second. */
const ask = (url: string, { method, headers, body }: Asked, agent: Agent): Promise<Answered> =>
	new Promise((resolve, reject) => {
		const length = body.length === 0 ? {} : { "content-length": String(body.length) };
		const sent = request(url, { method, headers: { ...headers, ...length }, agent }, (response) => {
			const status = response.statusCode ?? 502;
			buffer(response).then((answer) => resolve({ status, headers: passed(response.headers), body: answer }), reject);
		});
		sent.on("error", reject);
		sent.end(body);
	});

const corrupted = (bytes: Buffer, random: RandomRing): Buffer => {
	const changed = Buffer.from(bytes);
	for (let flips = random.within(1, 4); flips > 0 && changed.length > 0; flips--) {
		const at = random.below(changed.length);
		changed[at] = (changed[at] as number) ^ (1 << random.below(7));
	}
	return changed;
};

export type Links = {
	readonly url: string;
	/** Where TO is: a base URL. */
	readonly targets: Map<string, string>;
	/** Sets the rule of the links from any of these to any of those; "*" is everybody. */
	readonly set: (from: readonly string[], to: readonly string[], rule: LinkRule) => void;
	/** All links are whole again, and what hangs is broken off. */
	readonly heal: () => void;
	/** Requests that met a fault. */
	readonly hits: () => number;
	/** Told about whatever passed. */
	onPassage: (passage: Passage) => void;
	readonly close: () => Promise<void>;
};

export const startLinks = async (random: () => RandomRing): Promise<Links> => {
	const targets = new Map<string, string>();
	let rules: { readonly from: readonly string[]; readonly to: readonly string[]; readonly rule: LinkRule }[] = [];
	const hanging = new Set<ServerResponse>();
	let hits = 0;

	const faultOf = (from: string, to: string): LinkFault | undefined => {
		const found = rules.findLast(
			(one) => (one.from.includes("*") || one.from.includes(from)) && (one.to.includes("*") || one.to.includes(to)),
		);
		if (found === undefined) return undefined;
		const { faults, probability = 1 } = found.rule;
		if (random().below(1_000_000) >= probability * 1_000_000) return undefined;
		hits++;
		return faults[random().below(faults.length)];
	};

	const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
		const [, from = "", to = "", rest = ""] = /^\/([^/]+)\/([^/]+)(.*)$/.exec(incoming.url ?? "") ?? [];
		const question = await buffer(incoming);
		const target = targets.get(to);
		const fault = faultOf(from, to);
		if (target === undefined) return void outgoing.writeHead(404).end("nobody is there");
		if (fault === "dropped") return void outgoing.destroy();
		if (fault === "silent") return void hanging.add(outgoing);
		if (fault === "HTTP 503") return void outgoing.writeHead(503).end("no");
		if (fault === "oversized") return void outgoing.writeHead(200).end(Buffer.alloc(OVERSIZE, 0x5a));
		if (fault === "nonsense") return void outgoing.writeHead(200).end("<html>\u0000{]");
		if (typeof fault === "object") await sleep(fault.delay);
		const { method = "GET" } = incoming;
		const asked = { method, headers: passed(incoming.headers), body: question };
		const answered = await ask(`${target}${rest}`, asked, agent).catch(() => undefined);
		if (answered === undefined) return void outgoing.destroy();
		const { status, headers, body: answer } = answered;
		links.onPassage({ from, to, request: question, answer });
		if (fault === "answer lost") return void outgoing.destroy();
		if (fault === "truncated") {
			outgoing.writeHead(status, { ...headers, "content-length": String(answer.length + 1) });
			outgoing.write(answer.subarray(0, answer.length >> 1), () => outgoing.destroy());
			return;
		}
		const bytes = fault === "corrupted" ? corrupted(answer, random()) : answer;
		outgoing.writeHead(status, { ...headers, "content-length": String(bytes.length) }).end(bytes);
	};

	const agent = new Agent({ keepAlive: true });
	const server = createServer((incoming, outgoing) => {
		handle(incoming, outgoing).catch(() => outgoing.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const links: Links = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		targets,
		set: (from, to, rule) => void rules.push({ from, to, rule }),
		heal: () => {
			rules = [];
			for (const response of hanging) response.destroy();
			hanging.clear();
		},
		hits: () => hits,
		onPassage: () => undefined,
		close: () =>
			new Promise((resolve) => {
				agent.destroy();
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
	return links;
};
