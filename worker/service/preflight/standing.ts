/** How this worker's wallet stands with the contracts: a worker that is not admitted yet runs, and waits. */
import { formatEther, isAddressEqual, parseAbi } from "viem";
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import { chainError } from "../../adapters/chain/errors.ts";
import type { Ledger, StudyRecord } from "../../core/ledger/state.ts";
import { publicKeyOf } from "../../protocol/babyJubJub.ts";
import type { WorkerConfig } from "../config/schema.ts";
import type { DatasetSummary } from "../open/dataset.ts";
import type { WorkerKeys } from "../open/keys.ts";
import { type Finding, refusal } from "./check.ts";

export const walletOf = ({ wallet }: WorkerConfig, keys: WorkerKeys) =>
	wallet.kind === "external" ? wallet.address : keys.account?.address;

/** A worker that signs pays for its transactions. */
export const checkBalance = async (
	{ client }: ChainConnection,
	config: WorkerConfig,
	keys: WorkerKeys,
): Promise<Finding> => {
	const address = walletOf(config, keys);
	if (address === undefined) throw new RangeError("a keystore wallet was opened without its key");
	const balance = await client.getBalance({ address }).catch((error: unknown) => {
		throw chainError(error, "reading the balance");
	});
	const detail = `${address} has ${formatEther(balance)} ether`;
	if (balance > 0n) return { detail };
	if (config.wallet.kind === "external") return { detail, warning: true };
	throw refusal("TASK_REFUSED", detail, "Send it ether: it pays for the worker's transactions.");
};

/** Only the contracts' owner admits and opens. */
export const checkOwner = async (
	{ client, deployment }: ChainConnection,
	config: WorkerConfig,
	keys: WorkerKeys,
): Promise<Finding> => {
	const address = walletOf(config, keys);
	const abi = parseAbi(["function owner() view returns (address)"]);
	for (const [name, contract] of Object.entries(deployment)) {
		const owner = await client
			.readContract({ address: contract, abi, functionName: "owner" })
			.catch((error: unknown) => {
				throw chainError(error, `reading the owner of the ${name}`);
			});
		if (address === undefined || !isAddressEqual(owner, address)) {
			throw refusal(
				"TASK_REFUSED",
				`the ${name} belongs to ${owner}, not to ${address}`,
				"Use the coordinator's wallet.",
			);
		}
	}
	return { detail: `the contracts belong to ${address}` };
};

export type StandingView = {
	readonly config: WorkerConfig;
	readonly keys: WorkerKeys;
	readonly ledger: Ledger;
	readonly record: StudyRecord;
	readonly dataset: DatasetSummary | undefined;
};

export const checkStanding = ({ config, keys, ledger, record, dataset }: StandingView): Finding => {
	const address = walletOf(config, keys);
	if (address === undefined) throw new RangeError("a keystore wallet was opened without its key");
	switch (config.role) {
		case "hospital": {
			if (ledger.barred.has(address)) return { detail: "this hospital is barred", warning: true };
			if (!ledger.hospitals.has(address)) return { detail: "not admitted as a hospital yet", warning: true };
			const committed = ledger.datasets.get(record.studyId)?.get(address);
			if (committed === undefined) return { detail: "admitted; the data set will be committed" };
			return committed.root.toString() === dataset?.root
				? { detail: "admitted; this data set is committed" }
				: { detail: "admitted; another data set is committed and will be replaced", warning: true };
		}
		case "committee": {
			if (!ledger.members.has(address)) return { detail: "not admitted to the committee yet", warning: true };
			const registered = ledger.members.get(address);
			if (registered === undefined) return { detail: "admitted; the share key will be registered" };
			const own = publicKeyOf(keys.shareKey ?? 0n);
			return registered.x === own.x && registered.y === own.y
				? { detail: "admitted, with this share key" }
				: { detail: "admitted with another share key (committee join)", warning: true };
		}
		case "coordinator": {
			const ready = config.pool.filter((member) => ledger.members.get(member) !== undefined).length;
			const detail = `${ready} of ${config.pool.length} members of the pool have a share key; rounds need ${record.parameters.members}`;
			return { detail, warning: ready < record.parameters.members };
		}
	}
};
