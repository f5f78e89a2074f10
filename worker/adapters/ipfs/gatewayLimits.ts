/** What a gateway grants to strangers: connections, requests, bytes of a header, time. */

export type GatewayLimits = {
	/** Connections at a time: in all, and from one address. Further ones are closed at once. */
	readonly connections: number;
	readonly connectionsPerAddress: number;
	/** Requests of one address; four times as many may come at once, and eight times as many from all addresses together. */
	readonly requestsPerSecond: number;
	/** Blocks that are being read or sent. Each takes up to 1 MiB of memory. */
	readonly answers: number;
	/** Of a request's first line and headers. */
	readonly headerBytes: number;
	/** Milliseconds until a request's headers, and the whole request, have come. */
	readonly requestTime: number;
	/** Milliseconds until an answer has been taken. */
	readonly answerTime: number;
	/** Milliseconds that a connection may be idle between two requests. */
	readonly idleTime: number;
};

export const DEFAULT_LIMITS: GatewayLimits = {
	connections: 512,
	connectionsPerAddress: 64,
	requestsPerSecond: 100,
	answers: 64,
	headerBytes: 8_192,
	requestTime: 10_000,
	answerTime: 60_000,
	idleTime: 5_000,
};

const BURST_SECONDS = 4;
const ALL_ADDRESSES = 8;
/** Addresses that are remembered; then the one that asked first is forgotten. */
const MOST_ADDRESSES = 4_096;

/** Those who share an IPv6 network of 64 bits are one: whoever has one address of it has all. */
export const addressGroup = (address: string | undefined): string => {
	if (address === undefined) return "";
	const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, "").replace(/%.*$/, "");
	if (!plain.includes(":")) return plain;
	const [head = "", tail = ""] = plain.split("::");
	const [before, after] = [head, tail].map((part) => part.split(":").filter((word) => word !== "")) as [
		string[],
		string[],
	];
	const zeros = plain.includes("::") ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0") : [];
	return [...before, ...zeros, ...after].slice(0, 4).join(":");
};

/** Whether a request of this group may be answered now. A bucket of tokens for each, and one for all. */
export const createRateLimit = (perSecond: number, now: () => number = () => performance.now()) => {
	const bucket = (rate: number) => {
		let tokens = rate * BURST_SECONDS;
		let at = now();
		return {
			take: (): boolean => {
				const time = now();
				tokens = Math.min(rate * BURST_SECONDS, tokens + ((time - at) / 1000) * rate);
				at = time;
				if (tokens < 1) return false;
				tokens--;
				return true;
			},
		};
	};
	const all = bucket(perSecond * ALL_ADDRESSES);
	const groups = new Map<string, ReturnType<typeof bucket>>();
	return (group: string): boolean => {
		let own = groups.get(group);
		if (own === undefined) {
			own = bucket(perSecond);
			groups.set(group, own);
			const [oldest] = groups.keys();
			if (oldest !== undefined && groups.size > MOST_ADDRESSES) groups.delete(oldest);
		}
		return own.take() && all.take();
	};
};

/** Counts what is open for each group. */
export const createCounter = () => {
	const counts = new Map<string, number>();
	return {
		/** @returns how many there are now */
		add: (group: string): number => {
			const count = (counts.get(group) ?? 0) + 1;
			counts.set(group, count);
			return count;
		},
		remove: (group: string): void => {
			const count = (counts.get(group) ?? 0) - 1;
			if (count > 0) counts.set(group, count);
			else counts.delete(group);
		},
	};
};
