/** A consortium in which everything went wrong once that the protocol provides for. */
import type { SyntheticChain } from "./ledgerWriter.ts";
import { eventOf } from "./runAudit.ts";
import { HOSPITALS, syntheticConsortium } from "./syntheticConsortium.ts";
import { LATER, syntheticRounds } from "./syntheticRounds.ts";
import type { OpenRound } from "./syntheticSubmissions.ts";
import { flip } from "./tampering.ts";

const [A, B, C] = HOSPITALS;
const CIPHERTEXT_BYTE = 200;

/** Rounds 1 to 6, every one with another end; the last one ends the study. */
export const troubledChain = (): SyntheticChain => {
	const consortium = syntheticConsortium("troubled");
	consortium.link();
	consortium.createStudy();
	consortium.enroll();
	const rounds = syntheticRounds(consortium);
	const { openRound, submit, confirm, hold, freeze, postKeySum, attest, attestAsHospital } = rounds;
	const { challenge, fail, cancel, closeStudy } = rounds;
	const cheat = (bytes: Uint8Array) => flip(bytes, CIPHERTEXT_BYTE);

	// 1: every member posts its key sum; member 2 attests to a false model: finalized without it.
	const first = openRound();
	for (const hospital of HOSPITALS) submit(first, hospital);
	hold(first);
	freeze(first);
	postKeySum(first, 1);
	postKeySum(first, 2);
	postKeySum(first, 3);
	attest(first, 2, { weights: new Array<number>(consortium.weightCount).fill(0), state: [] });
	attest(first, 1);
	attest(first, 3);

	// 2: B's ciphertext is not the proven one; it is removed, and two updates are not enough.
	const second = openRound();
	for (const hospital of [A, C]) submit(second, hospital);
	submit(second, B, cheat);
	challenge(second, B);
	fail(second, "NotEnoughUpdates");
	consortium.readmit(B);

	// 3: cancelled by the coordinator.
	const third = openRound();
	for (const hospital of [A, C]) submit(third, hospital);
	cancel(third);

	// 4: only one member holds the bundle of C.
	const fourth = openRound();
	for (const hospital of HOSPITALS) submit(fourth, hospital);
	confirm(fourth, 3);
	confirm(fourth, 1, [A, B]);
	fail(fourth, "NotEnoughAvailable");

	// 5: the members do not attest in their time: the hospitals finish it.
	const fifth = openRound();
	for (const hospital of HOSPITALS) submit(fifth, hospital);
	hold(fifth);
	freeze(fifth);
	postKeySum(fifth, 3);
	postKeySum(fifth, 1);
	attest(fifth, 1);
	attestAsHospital(fifth, A);
	attestAsHospital(fifth, C, 1n);

	// 6: one key sum only, and no other ever: the study is closed.
	const sixth = openRound();
	for (const hospital of HOSPITALS) submit(sixth, hospital);
	hold(sixth);
	freeze(sixth, LATER / 2n);
	postKeySum(sixth, 2);
	closeStudy(sixth);
	return consortium.chain;
};

/**
 * Two finalized rounds by different committees. Of round 1, B's bundle is gone, and one member had held it: the round is finalized without it.
 * In round 2, member 4 sits in the place of member 1, and member 2 has another share key.
 */
export const rotatedChain = (): SyntheticChain => {
	const consortium = syntheticConsortium("rotated", { minUpdates: 2 });
	consortium.link();
	consortium.createStudy();
	consortium.enroll();
	const rounds = syntheticRounds(consortium);
	const finalize = (round: OpenRound): void => {
		for (const member of [3, 1]) rounds.postKeySum(round, member);
		for (const member of [2, 3]) rounds.attest(round, member);
	};
	const first = rounds.openRound();
	for (const hospital of [C, B, A]) rounds.submit(first, hospital);
	rounds.confirm(first, 3);
	rounds.confirm(first, 1, [A, C]);
	rounds.freeze(first, LATER);
	const { bundleDigest } = eventOf(consortium.chain, "UpdateSubmitted", 1).args.update;
	consortium.chain.blocks.delete(bundleDigest);
	finalize(first);

	consortium.rotate();
	const second = rounds.openRound([4, 2, 3]);
	for (const hospital of [A, C]) rounds.submit(second, hospital);
	for (const member of [1, 2]) rounds.confirm(second, member);
	rounds.freeze(second, LATER);
	finalize(second);
	return consortium.chain;
};
