/** What tests of a round's phases do with round 1 of a consortium. */
import { type Consortium, digest, keySumArgs, walletAt } from "./deploy.ts";

/** Phase of IRoundManager. */
export const PHASE = { None: 0, Open: 1, Frozen: 2, Opened: 3, Finalized: 4, Failed: 5 } as const;
export const MODEL = [99n, digest("new model")] as const;

/** @param time the network helpers' clock of the test's connection */
export const roundActions = (time: { readonly setNextBlockTimestamp: (timestamp: bigint) => Promise<void> }) => {
	const phaseOf = async ({ roundManager }: Consortium, roundId = 1n) =>
		(await roundManager.read.roundOf([roundId])).phase;
	const deadlineOf = async ({ roundManager }: Consortium) => (await roundManager.read.roundOf([1n])).deadline;
	/** Makes the next block the first one after the submissions' deadline; returns [deadline, that time]. */
	const passDeadline = async (consortium: Consortium) => {
		const deadline = await deadlineOf(consortium);
		await time.setNextBlockTimestamp(deadline + 1n);
		return [deadline, deadline + 1n] as const;
	};
	const postKeySum = async (consortium: Consortium, index: number, roundId = 1n) =>
		consortium.roundManager.write.postKeySum(await keySumArgs(consortium, index, roundId), {
			account: walletAt(consortium.members, index).account,
		});
	const attest = (
		{ roundManager, members }: Consortium,
		index: number,
		model: readonly [bigint, `0x${string}`] = MODEL,
	) => roundManager.write.attest([1n, ...model], { account: walletAt(members, index).account });
	const attestAsHospital = (
		{ roundManager, hospitals }: Consortium,
		index: number,
		model: readonly [bigint, `0x${string}`] = MODEL,
	) => roundManager.write.attestAsHospital([1n, ...model], { account: walletAt(hospitals, index).account });
	return { phaseOf, deadlineOf, passDeadline, postKeySum, attest, attestAsHospital };
};
