/** One admission or removal as a step: its stable name, and whether it is done. */
import { type Address, isAddress } from "viem";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import type { Registration } from "./calls.ts";

const REGISTRATIONS: readonly Registration[] = [
	"admitHospital",
	"removeHospital",
	"readmitHospital",
	"admitMember",
	"removeMember",
];

/** From the page's own address, where anybody may have written anything. */
export const readRegistration = (
	act: string | undefined,
	address: string | undefined,
): { readonly registration: Registration; readonly address: Address } | undefined => {
	const registration = REGISTRATIONS.find((name) => name === act);
	if (registration === undefined || address === undefined || !isAddress(address)) return undefined;
	return { registration, address };
};

const isAbout = (event: LedgerEvent, address: Address): boolean =>
	event.source === "hospitalRegistry" &&
	(("hospital" in event.args && event.args.hospital === address) ||
		("member" in event.args && event.args.member === address));

/** The same address may be admitted, removed and admitted again: what it has behind it tells the steps apart. */
export const registrationKey = (events: readonly LedgerEvent[], registration: Registration, address: Address): string =>
	`${registration}-${address}-${events.filter((event) => isAbout(event, address)).length}`;

/** What is so already, so that the contract would refuse; undefined when there is something to do. */
export const registrationDone = (
	{ hospitals, barred, members }: Pick<Ledger, "hospitals" | "barred" | "members">,
	registration: Registration,
	address: Address,
): string | undefined => {
	switch (registration) {
		case "admitHospital":
			return hospitals.has(address) ? "This hospital is admitted" : undefined;
		case "removeHospital":
			return hospitals.has(address) ? undefined : "This address is no admitted hospital";
		case "readmitHospital":
			return barred.has(address) ? undefined : "This hospital is not barred";
		case "admitMember":
			return members.has(address) ? "This committee member is admitted" : undefined;
		case "removeMember":
			return members.has(address) ? undefined : "This address is no admitted committee member";
	}
};
