/**
 * The frozen set of a run's first round on an in-process chain, so that its real key sums can be offered under other circumstances. The updates are
 * accepted by a double, which does not mind where they come from; the key sums' verifier is the real one.
 */
import { type Address, getAddress } from "viem";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { confirmAll, DURATIONS, deployAll, deployConsortium, digest, walletAt } from "../contracts/deploy.ts";
import { answerOf, type Facts, newChain, openRound, roundAt, type Submission, submissionOf } from "./sameWorld.ts";

/** Arguments of postKeySum. */
export const keySumOf = ({ roundId, frozen, keySums }: RoundRecord, index: number) => {
	const keySum = keySums[index];
	if (keySum === undefined || frozen === undefined) throw new RangeError(`round ${roundId} has no key sum ${index}`);
	return [roundId, frozen.frozenSetDigest, keySum.values, keySum.proofs] as const;
};

export type KeySumArgs = ReturnType<typeof keySumOf>;

/** By a hospital's place in the order of wallets. */
type Submitted = { readonly hospital: number; readonly update: Submission };

export type FrozenChange = {
	readonly chainId?: number;
	/** Deploys a first set of contracts, so that the second one's addresses differ. */
	readonly second?: true;
	/** Fails a first round before this one. */
	readonly laterRound?: true;
	/** What is submitted instead of every hospital's update in their order. */
	readonly updates?: (all: readonly Submitted[]) => readonly Submitted[];
	/** Of two updates. */
	readonly minUpdates?: number;
	/** Seats the members in the opposite order. */
	readonly reversed?: true;
};

/** The round frozen again. `offer` posts a key sum as the member in a seat, 1 to n, and leaves the state as it is. */
export const frozenWorld = async ({ run, setting }: Facts, change: FrozenChange = {}) => {
	const connection = await newChain(change.chainId);
	const { viem, networkHelpers } = connection;
	// By somebody else: the deployer's transactions make the contracts' addresses.
	const wallets = await viem.getWalletClients();
	const hashes = ["train key", "encrypt key", "key sum key"].map(digest);
	const client = { wallet: walletAt(wallets, wallets.length - 1) };
	const { address: update } = await viem.deployContract("VerifierDouble", hashes as never, { client });
	const verifiers = { keySum: setting.verifiers?.keySum ?? "", update };
	const { minUpdates = setting.study?.minUpdates } = change;
	const settled = {
		...setting,
		verifiers,
		study: { ...setting.study, ...(minUpdates === undefined ? {} : { minUpdates }) },
	};
	if (change.second === true) await deployAll(connection, settled);
	const consortium = await deployConsortium(connection, settled);
	const { roundManager, hospitals } = consortium;
	if (change.laterRound === true) {
		const first = await openRound(consortium);
		await networkHelpers.time.increase(DURATIONS.submission + 1);
		await roundManager.write.fail([first]);
	}
	const committee: readonly Address[] =
		change.reversed === true ? consortium.committee.toReversed() : consortium.committee;
	await roundManager.write.openRound([1n, committee, DURATIONS]);
	const roundId = await roundManager.read.roundCount();
	const round = roundAt(run, 0);
	const all = round.updates.map((_, hospital) => ({ hospital, update: submissionOf(round, hospital) }));
	for (const {
		hospital,
		update: [, ...rest],
	} of change.updates?.(all) ?? all) {
		const { account } = walletAt(hospitals, hospital);
		await roundManager.write.submitUpdate([roundId, ...rest] as never, { account });
	}
	await confirmAll(consortium, [0, 1], roundId);
	await networkHelpers.time.increase(DURATIONS.submission + DURATIONS.checking + 1);
	await roundManager.write.freeze([roundId]);
	const { frozenSetDigest } = await roundManager.read.roundOf([roundId]);
	const offer = (member: Address, [, , values, proofs]: KeySumArgs, named = frozenSetDigest): Promise<string> =>
		answerOf(
			roundManager.simulate.postKeySum([roundId, named, values, proofs] as never, { account: getAddress(member) }),
		);
	return { offer, frozenSetDigest };
};

export type FrozenWorld = Awaited<ReturnType<typeof frozenWorld>>;
