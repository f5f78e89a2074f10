/** Contract events as the worker and the audit see them: decoded, ordered, with their place on the chain. */
import {
	type AbiEvent,
	type Address,
	type ContractEventArgsFromTopics,
	type ContractEventName,
	decodeEventLog,
	type Hex,
	isAddressEqual,
	toEventSelector,
} from "viem";
import { hospitalRegistryEvents, modelRegistryEvents, roundManagerEvents } from "../../protocol/generated/events.ts";

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

type KnownAbi = typeof hospitalRegistryEvents | typeof modelRegistryEvents | typeof roundManagerEvents;

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
	| EventOf<"hospitalRegistry", typeof hospitalRegistryEvents>
	| EventOf<"modelRegistry", typeof modelRegistryEvents>
	| EventOf<"roundManager", typeof roundManagerEvents>;

/** By their topic: viem hashes the signatures of all events that it is given, again for each log. */
const bySelector = (abi: KnownAbi): ReadonlyMap<Hex, AbiEvent> => {
	const items: readonly (AbiEvent | { readonly type: string })[] = abi;
	const events = items.filter((item): item is AbiEvent => item.type === "event");
	return new Map(events.map((event) => [toEventSelector(event), event]));
};

const EVENTS: Readonly<Record<keyof Deployment, ReadonlyMap<Hex, AbiEvent>>> = {
	hospitalRegistry: bySelector(hospitalRegistryEvents),
	modelRegistry: bySelector(modelRegistryEvents),
	roundManager: bySelector(roundManagerEvents),
};

/**
 * The log as an event of the deployment; undefined for a log of another contract, or one that the interfaces do not
 * have (ownership transfers), which say nothing about rounds.
 */
export const decodeEvent = (log: RawLog, deployment: Deployment): LedgerEvent | undefined => {
	const sources = Object.keys(EVENTS) as (keyof Deployment)[];
	const source = sources.find((name) => isAddressEqual(deployment[name], log.address));
	const [signature, ...topics] = log.topics;
	const known = source && signature && EVENTS[source].get(signature);
	if (source === undefined || signature === undefined || known === undefined) return undefined;
	try {
		const { eventName, args } = decodeEventLog({ abi: [known], topics: [signature, ...topics], data: log.data });
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
