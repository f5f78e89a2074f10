/** A chain in memory for the sending of transactions: blocks are mined when a test says so, and time passes by waiting. */
import { type Address, type Hex, keccak256, toHex } from "viem";
import type { ChainPort, Clock, KnownTransaction, WalletPort } from "../../../web/lib/wallet/ports.ts";

export const ALICE: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Time that only passes by waiting: `at` runs when it comes. */
export const fakeClock = (): Clock & { readonly at: (milliseconds: number, act: () => void) => void } => {
	let now = 1_000_000;
	let due: { time: number; act: () => void }[] = [];
	return {
		now: () => now,
		at: (milliseconds, act) => {
			due.push({ time: now + milliseconds, act });
		},
		wait: async (milliseconds, signal) => {
			if (signal.aborted) return;
			now += milliseconds;
			const ripe = due.filter(({ time }) => time <= now);
			due = due.filter(({ time }) => time > now);
			for (const { act } of ripe) act();
			await new Promise((resolve) => setImmediate(resolve));
		},
	};
};

type Mined = KnownTransaction & { readonly blockNumber: bigint; readonly succeeded: boolean };

export const fakeChain = () => {
	const pending: KnownTransaction[] = [];
	const mined: Mined[] = [];
	let blockNumber = 10n;
	let failing: unknown;
	let refusal: unknown;
	let replayError: unknown;
	let balance = 10n ** 18n;
	const asked = { estimates: 0, signatures: 0 };

	const answer = <T>(value: T): Promise<T> =>
		failing === undefined ? Promise.resolve(value) : Promise.reject(failing);
	const knows = (hash: Hex) => [...pending, ...mined].find((one) => one.hash === hash);

	const port: ChainPort = {
		estimateGas: () => {
			asked.estimates++;
			return refusal === undefined ? answer(100_000n) : Promise.reject(refusal);
		},
		replay: () => (replayError === undefined ? answer(undefined) : Promise.reject(replayError)),
		maxFeePerGas: () => answer(1_000_000_000n),
		balance: () => answer(balance),
		blockNumber: () => answer(blockNumber),
		nextNonce: (address) => answer(mined.filter(({ from }) => from === address).length),
		transaction: (hash) => answer(knows(hash)),
		receipt: (hash) => {
			const found = mined.find((one) => one.hash === hash);
			return answer(found && { succeeded: found.succeeded, gasUsed: 81_000n, blockNumber: found.blockNumber });
		},
		transactionsOf: (number) => answer(mined.filter((one) => one.blockNumber === number)),
	};

	const add = (to: Address | null, input: Hex, nonce = mined.length + pending.length): Hex => {
		const hash = keccak256(toHex(`${nonce} ${to} ${input} ${pending.length + mined.length} ${Math.random()}`));
		pending.push({ hash, from: ALICE, nonce, to, input });
		return hash;
	};

	return {
		port,
		asked,
		/** Puts a transaction into the pool. */
		add,
		/** Takes it out again without a trace. */
		drop: (hash: Hex) => {
			pending.splice(
				pending.findIndex((one) => one.hash === hash),
				1,
			);
		},
		/** Mines what waits, or one of it; others with its nonce are gone. */
		mine: ({ hash, succeeded = true }: { hash?: Hex; succeeded?: boolean } = {}) => {
			blockNumber++;
			for (const one of [...pending].filter((each) => hash === undefined || each.hash === hash)) {
				mined.push({ ...one, blockNumber, succeeded });
				for (const rival of pending.filter(({ nonce }) => nonce === one.nonce))
					pending.splice(pending.indexOf(rival), 1);
			}
		},
		/** Every answer is this error, until it is undefined. */
		fail: (error: unknown) => {
			failing = error;
		},
		/** The contract refuses in trial runs. */
		refuse: (error: unknown) => {
			refusal = error;
		},
		refuseReplay: (error: unknown) => {
			replayError = error;
		},
		setBalance: (wei: bigint) => {
			balance = wei;
		},
		wallet: (overrides: Partial<WalletPort> = {}): WalletPort => ({
			address: ALICE,
			chainId: async () => 31337,
			accounts: async () => [ALICE],
			send: async ({ to, data }) => {
				asked.signatures++;
				return add(to ?? null, data);
			},
			...overrides,
		}),
	};
};

/** The session's storage of one tab: it outlives a page. */
export const fakeStorage = () => {
	const items = new Map<string, string>();
	return {
		items,
		getItem: (key: string) => items.get(key) ?? null,
		setItem: (key: string, value: string) => void items.set(key, value),
		removeItem: (key: string) => void items.delete(key),
	};
};
