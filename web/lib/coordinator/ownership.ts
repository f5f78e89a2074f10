/** Who may do what the coordinator does: the owners of the three contracts (Ownable2Step). */
import { type Address, isAddressEqual, parseAbi } from "viem";
import type { Deployment } from "../../../worker/core/ledger/events.ts";

export const ownableAbi = parseAbi([
	"function owner() view returns (address)",
	"function pendingOwner() view returns (address)",
]);

export type Owners = Readonly<Record<keyof Deployment, Address>>;

export const CONTRACT_NAMES: Readonly<Record<keyof Deployment, string>> = {
	hospitalRegistry: "HospitalRegistry",
	modelRegistry: "ModelRegistry",
	roundManager: "RoundManager",
};

/** What each contract's owner does on this page. */
export const OWNER_DUTIES: Readonly<Record<keyof Deployment, string>> = {
	hospitalRegistry: "admits and removes hospitals and members",
	modelRegistry: "creates studies",
	roundManager: "opens rounds",
};

export const isOwner = (owners: Owners | undefined, contract: keyof Deployment, wallet: Address | undefined): boolean =>
	owners !== undefined && wallet !== undefined && isAddressEqual(owners[contract], wallet);

/** The one owner of all three, as deployed; undefined when they differ. */
export const soleOwner = ({ hospitalRegistry, modelRegistry, roundManager }: Owners): Address | undefined =>
	isAddressEqual(hospitalRegistry, modelRegistry) && isAddressEqual(modelRegistry, roundManager)
		? roundManager
		: undefined;
