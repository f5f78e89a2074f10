/** Who takes part in a study: hospitals with their data, members with their keys, and what they have done so far. */
import type { Address } from "viem";
import type { Ledger, RoundRecord } from "../../../worker/core/ledger/state.ts";
import type { Tone } from "./event.ts";
import { counted } from "./numbers.ts";

export type EnrolledHospital = {
	readonly address: Address;
	readonly tone: Tone;
	readonly state: string;
	readonly dataset: string;
	/** Updates that became part of a model. */
	readonly used: number;
};

export type EnrolledMember = {
	readonly address: Address;
	readonly tone: Tone;
	readonly state: string;
	readonly keySums: number;
	readonly attestations: number;
};

export type Enrolment = {
	readonly hospitals: readonly EnrolledHospital[];
	readonly members: readonly EnrolledMember[];
};

const usedBy = (rounds: readonly RoundRecord[], hospital: Address): number =>
	rounds.filter((round) => round.phase === "Finalized" && round.updates.some((update) => update.hospital === hospital))
		.length;

export const enrolment = (ledger: Ledger, studyId: bigint): Enrolment => {
	const rounds = [...ledger.rounds.values()].filter((round) => round.studyId === studyId);
	const datasets = ledger.datasets.get(studyId);
	const submitters = rounds.flatMap(({ updates, removed, excluded }) => [
		...updates.map(({ hospital }) => hospital),
		...removed,
		...excluded,
	]);
	const hospitals = [...new Set([...ledger.hospitals, ...submitters])].map((address): EnrolledHospital => {
		const dataset = datasets?.get(address);
		const size =
			dataset && `${counted(dataset.sampleCount, "sample")} in ${counted(dataset.batchCount, "batch", "batches")}`;
		const standing = ledger.barred.has(address)
			? ({ tone: "bad", state: "Barred" } as const)
			: !ledger.hospitals.has(address)
				? ({ tone: "idle", state: "Left" } as const)
				: dataset === undefined
					? ({ tone: "idle", state: "No data set yet" } as const)
					: ({ tone: "ok", state: "Ready" } as const);
		return { address, ...standing, dataset: size ?? "–", used: usedBy(rounds, address) };
	});
	const members = [...ledger.members].map(([address, key]): EnrolledMember => {
		const standing =
			key === undefined
				? ({ tone: "idle", state: "No share key yet" } as const)
				: ({ tone: "ok", state: "Share key registered" } as const);
		const count = (posts: (round: RoundRecord) => readonly { readonly member: Address }[]): number =>
			rounds.reduce((sum, round) => sum + posts(round).filter(({ member }) => member === address).length, 0);
		return {
			address,
			...standing,
			keySums: count(({ keySums }) => keySums),
			attestations: count(({ attestations }) => attestations),
		};
	});
	return { hospitals, members };
};
