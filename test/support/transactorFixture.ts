/** A chain behind a proxy, admissions to send and notes to look at: what tests of the transactor start from. */
import { after, before, beforeEach } from "node:test";
import type { Address, Hex } from "viem";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { DEFAULT_FEE_CAPS } from "../../worker/adapters/chain/feeCaps.ts";
import type { SettleTiming } from "../../worker/adapters/chain/settle.ts";
import { createTransactor, memoryJournal, type TransactionJournal } from "../../worker/adapters/chain/transactor.ts";
import { contractCall } from "../../worker/node/participant.ts";
import { type RpcProxy, startRpcProxy } from "./rpcProxy.ts";
import { COORDINATOR, startWorkerChain, type WorkerChain } from "./workerChain.ts";

/** For a transaction that a test has mined: nothing is concluded from how long that takes. */
export const PATIENT = { timeout: 600_000, grace: 5_000, replaceAfter: 600_000 } as const;

export const TIMING = { timeout: 1_000, grace: 150, replaceAfter: 10_000 } as const;

/** Remembers the notes in the order in which they were written. */
export const observed = () => {
	const inner = memoryJournal();
	const written: { key: string; signed: Hex }[] = [];
	const journal: TransactionJournal = {
		...inner,
		write: async (key, signed) => {
			written.push({ key, signed: signed.at(-1) ?? "0x" });
			await inner.write(key, signed);
		},
	};
	return { journal, written };
};

/** Notes of a process that dies right after it has signed. */
export const dying = (journal: TransactionJournal): TransactionJournal => ({
	...journal,
	write: async (key, signed) => {
		await journal.write(key, signed);
		throw new Error("killed");
	},
});

/** Registers the hooks of a test file; what it returns can be used inside tests. */
export const transactorFixture = () => {
	let chain: WorkerChain | undefined;
	let proxy: RpcProxy | undefined;
	let next = 1;
	const started = <T>(value: T | undefined): T => {
		if (value === undefined) throw new Error("used before the test file's before()");
		return value;
	};
	const provider = () => started(chain).provider;
	const setAutomine = (on: boolean) => provider().request({ method: "evm_setAutomine", params: [on] });
	const connect = () => connectChain({ rpcUrl: started(proxy).url, address: started(chain).roundManager.address });

	before(async () => {
		chain = await startWorkerChain();
		proxy = await startRpcProxy(chain.rpcUrl);
	});
	after(async () => {
		await proxy?.close();
		await chain?.stop();
	});
	beforeEach(async () => {
		started(proxy).answer = () => undefined;
		await setAutomine(true);
	});

	return {
		chain: () => started(chain),
		proxy: () => started(proxy),
		setAutomine,
		mineBlock: () => provider().request({ method: "evm_mine" }),
		connect,
		/** A transactor as a new process makes it. */
		open: async (
			journal: TransactionJournal,
			account = COORDINATOR,
			timing: Partial<SettleTiming> = TIMING,
			feeCaps = DEFAULT_FEE_CAPS,
		) => createTransactor({ connection: await connect(), account, journal, timing, feeCaps }),
		/** Admission of a hospital that is not admitted yet. */
		admission: async () => {
			const hospital: Address = `0x${String(next++).padStart(40, "0")}`;
			const call = contractCall(await connect(), "hospitalRegistry", "admitHospital", [hospital], `admit ${hospital}`);
			return { hospital, call };
		},
		isAdmitted: (hospital: Address) => started(chain).hospitalRegistry.read.isHospital([hospital]),
		/** Transactions of the coordinator that were mined. */
		mined: async (): Promise<number> => {
			const { client } = await connect();
			return client.getTransactionCount({ address: COORDINATOR.address });
		},
		sends: (): number => started(proxy).requests.filter(({ method }) => method === "eth_sendRawTransaction").length,
	};
};
