/** Contract events as the worker and the audit see them: decoded, ordered, with their place on the chain. */
import {
	type Address,
	type ContractEventArgsFromTopics,
	type ContractEventName,
	decodeEventLog,
	type Hex,
	isAddressEqual,
} from "viem";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../protocol/generated/abi.ts";

/** The three contracts of one deployment. */
export type Deployment = {
	readonly hospitalRegistry: Address;
	readonly modelRegistry: Address;
	readonly roundManager: Address;
};

export type EventPlace = {
	readonly blockNumber: bigint;
	readonly transactionHash: Hex;
	readonly logIndex: number;
};

/** A log as an RPC node returns it. */
export type RawLog = EventPlace & {
	readonly address: Address;
	readonly topics: readonly Hex[];
	readonly data: Hex;
};

type KnownAbi = typeof hospitalRegistryAbi | typeof modelRegistryAbi | typeof roundManagerAbi;

type EventOf<Source extends keyof Deployment, Contract extends KnownAbi> = {
	[Name in ContractEventName<Contract>]: {
		readonly source: Source;
		readonly name: Name;
		readonly args: ContractEventArgsFromTopics<Contract, Name>;
		readonly place: EventPlace;
	};
}[ContractEventName<Contract>];

/** One event of one contract: a union discriminated by `source` and `name`. */
export type LedgerEvent =
	| EventOf<"hospitalRegistry", typeof hospitalRegistryAbi>
	| EventOf<"modelRegistry", typeof modelRegistryAbi>
	| EventOf<"roundManager", typeof roundManagerAbi>;

const ABIS = {
	hospitalRegistry: hospitalRegistryAbi,
	modelRegistry: modelRegistryAbi,
	roundManager: roundManagerAbi,
} as const;

/**
 * The log as an event of the deployment; undefined for a log of another contract, or one that the interfaces do not
 * have (ownership transfers), which say nothing about rounds.
 */
export const decodeEvent = (log: RawLog, deployment: Deployment): LedgerEvent | undefined => {
	const sources = Object.keys(ABIS) as (keyof Deployment)[];
	const source = sources.find((name) => isAddressEqual(deployment[name], log.address));
	const [signature, ...topics] = log.topics;
	if (source === undefined || signature === undefined) return undefined;
	const known: readonly unknown[] = ABIS[source];
	try {
		const { eventName, args } = decodeEventLog({ abi: known, topics: [signature, ...topics], data: log.data });
		const { blockNumber, transactionHash, logIndex } = log;
		// decodeEventLog checked the topics and data against the ABI from which the union is derived.
		return {
			source,
			name: eventName,
			args,
			place: { blockNumber, transactionHash, logIndex },
		} as unknown as LedgerEvent;
	} catch {
		return undefined;
	}
};
