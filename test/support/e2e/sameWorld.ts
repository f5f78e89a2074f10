/**
 * The state in which a real update was accepted, set up again on an in-process chain with the real contracts and verifiers: the same study, model, data
 * sets, committee, wallets, addresses and beacon. A test changes one fact of it and sees whether the same bytes are still accepted.
 */
import type { NetworkConnection } from "hardhat/types/network";
import { type Address, encodeAbiParameters, type Hex, hexToBigInt, keccak256, numberToHex } from "viem";
import { studyInstanceName } from "../../../scripts/ignition/DecentraHealth.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import type { Setting } from "../contracts/deploy.ts";
import type { AttachedRun } from "./attach.ts";

/** Slots of a contract's storage that are searched for its mapping of rounds. */
const MOST_SLOTS = 16;
const ROUND_WORDS = 8;

/** What deployConsortium needs to make the state before the run's first round. */
export const settingOf = ({ ledger, record, study, rounds }: AttachedRun, shareKeys: readonly bigint[]): Setting => {
	const [round] = rounds;
	const hospitals = [...(ledger.datasets.get(record.studyId)?.values() ?? [])];
	if (round === undefined) throw new RangeError("the run has no round");
	const { trainVerifier, encryptVerifier, ...parameters } = record.parameters;
	const instance = studyInstanceName(study.name);
	return {
		verifiers: { train: `TrainSegment${instance}Verifier`, encrypt: `EncryptUpdate${instance}Verifier` },
		study: parameters,
		initialModel: { commitment: round.opening.baseCommitment, digest: round.opening.baseDigest },
		datasets: hospitals.map(({ root, batchCount }) => ({ root, batchCount })),
		shareKeys,
	};
};

/** Arguments of submitUpdate as the hospital sent them; `roundId` is another one for a replay. */
export const submissionOf = ({ roundId, updates }: RoundRecord, hospital: number, into = roundId) => {
	const update = updates[hospital];
	if (update === undefined) throw new RangeError(`the round has no update ${hospital}`);
	const { bundleDigest, segments, encryption } = update;
	return [
		into,
		bundleDigest,
		segments.map(({ proof, commitmentOut }) => ({ proof, commitmentOut })),
		encryption,
	] as const;
};

export type Submission = ReturnType<typeof submissionOf>;

/**
 * Puts a beacon of another chain's round in the place of this one's, which no caller could choose. The word that holds it is found by its value, so
 * that nothing here knows the storage layout.
 */
export const setBeacon = async (
	{ provider }: Pick<NetworkConnection, "provider">,
	{ roundManager, roundId, from, to }: { roundManager: Address; roundId: bigint; from: number; to: number },
): Promise<void> => {
	const find = numberToHex(from, { size: 4 }).slice(2);
	const replace = numberToHex(to, { size: 4 }).slice(2);
	for (let slot = 0n; slot < MOST_SLOTS; slot++) {
		const pair = encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [roundId, slot]);
		const first = hexToBigInt(keccak256(pair));
		for (let word = 0n; word < ROUND_WORDS; word++) {
			const place = numberToHex(first + word, { size: 32 });
			const params = [roundManager, place];
			const value = (await provider.request({ method: "eth_getStorageAt", params })) as Hex;
			const at = value.indexOf(find);
			if (at < 0 || at % 2 !== 0) continue;
			const changed = `${value.slice(0, at)}${replace}${value.slice(at + replace.length)}`;
			await provider.request({ method: "hardhat_setStorageAt", params: [...params, changed] });
			return;
		}
	}
	throw new RangeError(`no word of round ${roundId} holds the beacon ${from}`);
};
