/** Everybody who was ever admitted, and where they stand now. */
import { type Address, isAddressEqual } from "viem";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";

export type Standing = "admitted" | "removed" | "barred";

export type HospitalRow = {
	readonly address: Address;
	readonly standing: Standing;
	/** Studies that it has committed a data set for, with the samples of each. */
	readonly datasets: readonly { readonly studyId: bigint; readonly sampleCount: number }[];
};

export type MemberRow = {
	readonly address: Address;
	readonly standing: Exclude<Standing, "barred">;
	readonly hasKey: boolean;
	/** Rounds on whose committee it sits and that have not ended. */
	readonly activeRounds: readonly bigint[];
};

const everAdmitted = (
	events: readonly LedgerEvent[],
	name: "HospitalAdmitted" | "MemberAdmitted",
): readonly Address[] => [
	...new Set(
		events.flatMap((event) => {
			if (event.name !== name) return [];
			return event.name === "HospitalAdmitted" ? [event.args.hospital] : [event.args.member];
		}),
	),
];

/** In the order of their first admission. A hospital that is barred without ever having been admitted again is listed, too. */
export const hospitalRows = (
	{ hospitals, barred, datasets }: Pick<Ledger, "hospitals" | "barred" | "datasets">,
	events: readonly LedgerEvent[],
): readonly HospitalRow[] =>
	[...new Set([...everAdmitted(events, "HospitalAdmitted"), ...barred])].map((address) => ({
		address,
		standing: barred.has(address) ? "barred" : hospitals.has(address) ? "admitted" : "removed",
		datasets: [...datasets].flatMap(([studyId, ofStudy]) => {
			const dataset = ofStudy.get(address);
			return dataset === undefined ? [] : [{ studyId, sampleCount: dataset.sampleCount }];
		}),
	}));

export const memberRows = (
	{ members, rounds }: Pick<Ledger, "members" | "rounds">,
	events: readonly LedgerEvent[],
): readonly MemberRow[] =>
	everAdmitted(events, "MemberAdmitted").map((address) => ({
		address,
		standing: members.has(address) ? "admitted" : "removed",
		hasKey: members.get(address) !== undefined,
		activeRounds: [...rounds.values()]
			.filter(
				({ phase, opening }) => phase !== "Finalized" && phase !== "Failed" && opening.committee.includes(address),
			)
			.map(({ roundId }) => roundId),
	}));

export type Role = "hospital" | "member";

/** Why the contract would refuse to admit this address; undefined when it would not. */
export const admissionProblem = (
	{ hospitals, barred, members }: Pick<Ledger, "hospitals" | "barred" | "members">,
	role: Role,
	address: Address,
): string | undefined => {
	const has = (addresses: Iterable<Address>): boolean => [...addresses].some((other) => isAddressEqual(other, address));
	if (role === "member") return has(members.keys()) ? "This member is admitted already." : undefined;
	if (has(barred)) {
		return "This hospital is barred for an update that was not what its proof says. Lift the bar in the list below.";
	}
	return has(hospitals) ? "This hospital is admitted already." : undefined;
};
