/**
 * The state in which a real update was accepted, set up again on an in-process chain with the real contracts and verifiers: the same study, model, data
 * sets, committee, wallets, addresses and beacon. A test changes one fact of it and sees whether the same bytes are still accepted.
 */
import assert from "node:assert/strict";
import { network } from "hardhat";
import { type Address, encodeAbiParameters, type Hex, hexToBigInt, keccak256, numberToHex } from "viem";
import { revertOf } from "../../../worker/adapters/chain/errors.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { studyInstanceName } from "../../../worker/protocol/circuitNames.ts";
import {
	type Consortium,
	DURATIONS,
	deployAll,
	deployConsortium,
	type Setting,
	walletAt,
} from "../contracts/deploy.ts";
import { type AttachedRun, attach, openShareKeys } from "./attach.ts";
import type { DemoRun } from "./demoRun.ts";

/** The hospital whose update of round 1 is replayed, and another one, by their places in the order of wallets and of acceptance. */
export const HOSPITAL = 0;
export const OTHER = 1;
export const CHAIN_ID = 31337;

/** The contract's answer to an update that is not about this round: all its proofs are verified together. */
export const REFUSED = "RoundManager__UpdateProofInvalid()";

/** An in-process chain. */
export const newChain = (chainId = CHAIN_ID) => network.create({ override: { chainId } });

export type Connection = Awaited<ReturnType<typeof newChain>>;

/** Slots of a contract's storage that are searched for its mapping of rounds. */
const MOST_SLOTS = 16;
const ROUND_WORDS = 8;

/** What deployConsortium needs to make the state before the run's first round. */
const settingOf = ({ ledger, record, study, rounds }: AttachedRun, shareKeys: readonly bigint[]): Setting => {
	const [round] = rounds;
	const hospitals = [...(ledger.datasets.get(record.studyId)?.values() ?? [])];
	if (round === undefined) throw new RangeError("the run has no round");
	const { updateVerifier, keySumVerifier, ...parameters } = record.parameters;
	const instance = studyInstanceName(study.name);
	return {
		verifiers: { update: `Update${instance}Verifier`, keySum: `KeySum${instance}Verifier` },
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
const setBeacon = async (
	{ provider }: Pick<Connection, "provider">,
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

/** Round 1 of the run, as it was when the update came. */
export type Facts = {
	readonly run: AttachedRun;
	readonly setting: Setting;
	readonly beacon: number;
	readonly update: Submission;
};

export const roundAt = ({ rounds }: AttachedRun, index: number): RoundRecord => {
	const round = rounds[index];
	if (round === undefined) throw new RangeError(`the run has no round ${index + 1}`);
	return round;
};

export const factsOf = async (demo: DemoRun): Promise<Facts> => {
	const run = await attach(demo);
	const round = roundAt(run, 0);
	const { members } = run.study.committee;
	const shareKeys = await openShareKeys(demo, { members, hospitals: round.updates.length });
	const { beacon } = round.opening;
	return { run, setting: settingOf(run, shareKeys), beacon, update: submissionOf(round, HOSPITAL) };
};

export type Change = {
	readonly chainId?: number;
	readonly setting?: Partial<Setting>;
	/** Deploys a first set of contracts, so that the second one's addresses differ. */
	readonly second?: true;
	/** What happens after the enrolment, instead of opening round 1. Returns the round to offer the update to. */
	readonly open?: (consortium: Consortium, connection: Connection) => Promise<bigint>;
	readonly beacon?: number;
};

export const openRound = async ({ roundManager, committee }: Consortium, studyId = 1n): Promise<bigint> => {
	await roundManager.write.openRound([studyId, committee, DURATIONS]);
	return roundManager.read.roundCount();
};

/** The contract's answer in words: "accepted", or its custom error with the values. */
export const answerOf = async (simulated: Promise<unknown>): Promise<string> => {
	try {
		await simulated;
		return "accepted";
	} catch (error) {
		const revert = revertOf(error);
		if (revert === undefined) throw error;
		return `${revert.name}(${revert.args.join(", ")})`;
	}
};

/** Sets everything up again but for the change. `offer` asks the contract about an update, and leaves the state as it is. */
export const world = async (facts: Facts, change: Change = {}) => {
	const connection = await newChain(change.chainId);
	if (change.second === true) await deployAll(connection, facts.setting);
	const consortium = await deployConsortium(connection, { ...facts.setting, ...change.setting });
	const { roundManager, hospitals } = consortium;
	const roundId = await (change.open?.(consortium, connection) ?? openRound(consortium));
	const { beacon: from } = await roundManager.read.roundOf([roundId]);
	const to = change.beacon ?? facts.beacon;
	await setBeacon(connection, { roundManager: roundManager.address, roundId, from, to });
	assert.equal((await roundManager.read.roundOf([roundId])).beacon, to);
	const offer = ([, ...rest]: Submission = facts.update, hospital = HOSPITAL) => {
		const { account } = walletAt(hospitals, hospital);
		return answerOf(roundManager.simulate.submitUpdate([roundId, ...rest], { account: account.address }));
	};
	return { ...consortium, offer };
};
