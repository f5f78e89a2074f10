/** An opening under review as the page's own address has it, so that a reload goes on with the same transaction. */
import { type Address, getAddress, isAddress } from "viem";
import { MAX_DURATION } from "../../../worker/protocol/durations.ts";
import type { Durations } from "./durations.ts";

export type OpeningReview = {
	/** The round that it will be. */
	readonly roundId: bigint;
	readonly committee: readonly Address[];
	readonly durations: Durations;
};

export type ReviewText = { readonly round: string; readonly committee: string; readonly durations: string };

export const writeReview = ({ roundId, committee, durations }: OpeningReview): ReviewText => {
	const { submission, checking, attestation } = durations;
	return {
		round: String(roundId),
		committee: committee.join(","),
		durations: [submission, checking, attestation].join(","),
	};
};

type MaybeText = Readonly<Record<keyof ReviewText, string | undefined>>;

const MOST_MEMBERS = 7;

/** Anybody may have written the address: undefined for anything but a whole opening. The contract checks the rest. */
export const readReview = ({ round, committee, durations }: MaybeText): OpeningReview | undefined => {
	if (round === undefined || committee === undefined || durations === undefined) return undefined;
	const members = committee.split(",");
	const seconds = durations.split(",");
	const [submission, checking, attestation, ...more] = seconds.map(Number);
	if (!/^[1-9][0-9]{0,17}$/.test(round) || members.length > MOST_MEMBERS || !members.every((one) => isAddress(one)))
		return undefined;
	if (submission === undefined || checking === undefined || attestation === undefined) return undefined;
	const inRange = seconds.every((text) => /^[1-9][0-9]{0,8}$/.test(text) && Number(text) <= MAX_DURATION);
	if (!inRange || more.length > 0) return undefined;
	return {
		roundId: BigInt(round),
		committee: members.map((one) => getAddress(one)),
		durations: { submission, checking, attestation },
	};
};
