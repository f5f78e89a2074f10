/** A committee member's worker: its key, and its seat in a round. */
import type { SendOptions } from "../adapters/chain/transactor.ts";
import type { CircuitFiles, prove } from "../adapters/prover.ts";
import type { RoundRecord } from "../core/ledger/state.ts";
import { cofactorWitness, publicKeyOf } from "../protocol/babyJubJub.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import type { KnownHospitals } from "./knownHospitals.ts";
import { contractCall, type Participant, sendCall } from "./participant.ts";

/** A member as far as it needs no proving keys. */
export type Keyholder = Participant &
	KnownHospitals & {
		/** BabyJubJub secret key in [1, l), from the keystore. */
		readonly shareKey: bigint;
		/** Blocks on top of a freeze before this member signs for it. */
		readonly confirmations: number;
		/** Updates whose bundles this process has checked; a restarted one checks again. */
		readonly checkedBundles: Set<string>;
	};

export type Member = Keyholder & {
	readonly circuits: { readonly keySum: CircuitFiles };
	/** Makes the proofs: by default in this process. */
	readonly prove?: typeof prove | undefined;
};

/** Registers the share key, with the point that shows it lies in the prime-order subgroup. It replaces an earlier one from the next round on. */
export const registerShareKey = (member: Participant & Pick<Member, "shareKey">, options: SendOptions = {}) => {
	const key = publicKeyOf(member.shareKey);
	const witness = cofactorWitness(member.shareKey);
	const args = [key.x, key.y, witness.x, witness.y];
	const call = contractCall(member.connection, "hospitalRegistry", "registerShareKey", args, "register the share key");
	return sendCall(member, `share-key-${key.x.toString(16).slice(0, 16)}`, call, options);
};

/** Index 1..n of this member's seat, which its share key was seated with. @throws DecentraHealthError NOT_A_MEMBER, SHARE_KEY_MISMATCH */
export const seatOf = (
	{ transactor, shareKey }: Pick<Member, "transactor" | "shareKey">,
	{ roundId, opening }: Pick<RoundRecord, "roundId" | "opening">,
): number => {
	const index = opening.committee.indexOf(transactor.address) + 1;
	const seatKey = opening.shareKeys[index - 1];
	if (seatKey === undefined) {
		throw new DecentraHealthError("NOT_A_MEMBER", {
			message: `${transactor.address} is not on the committee of round ${roundId}`,
			nextStep: "Use a committee member's wallet, or join a later round.",
		});
	}
	const own = publicKeyOf(shareKey);
	if (seatKey.x !== own.x || seatKey.y !== own.y) {
		throw new DecentraHealthError("SHARE_KEY_MISMATCH", {
			message: `the keystore's share key is not the one that round ${roundId} was opened with`,
			nextStep: "Use the keystore with which this member joined; a new key counts from the next round on.",
		});
	}
	return index;
};
