/** Share keys and data sets, registered as the workers would: signed once, and the same in each scenario that needs them. */
import type { Hex } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import { createTransactor, memoryJournal, type TransactionJournal } from "../../../worker/adapters/chain/transactor.ts";
import { registerShareKey } from "../../../worker/node/committee.ts";
import { commitDatasetOnChain } from "../../../worker/node/hospital.ts";
import { type FaultConsortium, HOSPITALS, MEMBERS, type Name, walletOf } from "./consortium.ts";
import type { FaultNode } from "./node.ts";

/** Sends everything; the chain has to mine by itself. @returns what was sent */
export const joinEverybody = async (
	{ roundManager, studyId, data, shareKeys }: FaultConsortium,
	node: FaultNode,
): Promise<readonly Hex[]> => {
	const connection = await connectChain({ rpcUrl: node.rpcUrl, address: roundManager });
	const signed: Hex[] = [];
	const senderOf = (name: Name) => {
		const memory = memoryJournal();
		const journal: TransactionJournal = {
			...memory,
			write: async (key, variants) => {
				signed.push(...variants.slice(-1));
				await memory.write(key, variants);
			},
		};
		const transactor = createTransactor({ connection, account: developmentAccount(walletOf(name)), journal });
		return { connection, transactor, progress: () => undefined } as const;
	};
	for (const [index, name] of MEMBERS.entries()) {
		await registerShareKey({ ...senderOf(name), shareKey: shareKeys[index] ?? 0n } as never);
	}
	for (const [index, name] of HOSPITALS.entries()) {
		const own = data[index];
		if (own !== undefined) await commitDatasetOnChain({ ...senderOf(name), dataset: own.dataset } as never, studyId);
	}
	return signed;
};
