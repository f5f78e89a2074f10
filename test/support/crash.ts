/** Kills a worker at a chosen effect: nothing of it runs after that, and whoever comes next finds only what it left on disk, chain and IPFS. */
import type { Participant } from "../../worker/node/participant.ts";

/** An effect that outlives the process. */
export type Effect = "journal" | "create" | "transaction" | "put" | "send" | "prove";

export type CrashPlan = {
	/** The effect to die at, counting from 0. */
	readonly at: number;
	/** Whether the effect still happens. */
	readonly after: boolean;
};

export class Crash extends Error {
	override readonly name = "Crash";
}

/** Effects of a run so far, and the wrapper that counts them. */
export const crashing = (plan?: CrashPlan) => {
	const effects: Effect[] = [];
	let dead = false;
	const alive = (): void => {
		if (dead) throw new Crash("dead");
	};
	const effect = async <T>(name: Effect, run: () => Promise<T>): Promise<T> => {
		alive();
		const isLast = plan?.at === effects.length;
		effects.push(name);
		if (isLast && !plan.after) {
			dead = true;
			throw new Crash(`before ${name}`);
		}
		const result = await run();
		if (!isLast) return result;
		dead = true;
		throw new Crash(`after ${name}`);
	};
	const look = async <T>(run: () => Promise<T>): Promise<T> => {
		alive();
		return run();
	};

	/** The client's calls, which stop with the process; sending is an effect. */
	const clientOf = (client: Participant["connection"]["client"]): Participant["connection"]["client"] =>
		new Proxy(client, {
			get: (target, name, receiver) => {
				const value: unknown = Reflect.get(target, name, receiver);
				if (typeof value !== "function") return value;
				return (...args: unknown[]) => {
					const run = () => value.apply(target, args);
					return name === "sendRawTransaction" ? effect("send", run) : look(run);
				};
			},
		});

	const journalOf = ({ read, readStrict, write, create, transactions }: Participant["journal"]) => ({
		read: ((key, schema) => look(() => read(key, schema))) as typeof read,
		readStrict: ((key, schema) => look(() => readStrict(key, schema))) as typeof readStrict,
		write: ((key, value) => effect("journal", () => write(key, value))) as typeof write,
		create: ((key, value) => effect("create", () => create(key, value))) as typeof create,
		transactions: {
			read: ((key) => look(() => transactions.read(key))) as typeof transactions.read,
			list: ((prefix) => look(() => transactions.list(prefix))) as typeof transactions.list,
			write: ((key, signed) =>
				effect("transaction", () => transactions.write(key, signed))) as typeof transactions.write,
		},
	});

	const storeOf = (store: Participant["store"]): Participant["store"] => ({
		...store,
		put: (bytes, options) => effect("put", () => store.put(bytes, options)),
		get: (digest, options) => look(() => store.get(digest, options)),
		has: (digest, options) => look(() => store.has(digest, options)),
	});

	return { effects, effect, clientOf, journalOf, storeOf };
};

export type Crashing = ReturnType<typeof crashing>;
