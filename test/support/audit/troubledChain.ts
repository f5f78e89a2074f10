/** A consortium in which everything went wrong once that the protocol provides for. */
import type { SyntheticChain } from "./ledgerWriter.ts";
import { HOSPITALS, syntheticConsortium } from "./syntheticConsortium.ts";
import { LATER, syntheticRounds } from "./syntheticRounds.ts";
import { flip } from "./tampering.ts";

const [A, B, C] = HOSPITALS;
const CIPHERTEXT_BYTE = 200;

/** Rounds 1 to 6, every one with another end; round 6 goes on. */
export const troubledChain = (): SyntheticChain => {
	const consortium = syntheticConsortium("troubled");
	consortium.link();
	consortium.createStudy();
	consortium.enroll();
	const { openRound, submit, freeze, postKeySum, attest, challenge, fail } = syntheticRounds(consortium);
	const cheat = (bytes: Uint8Array) => flip(bytes, CIPHERTEXT_BYTE);

	// 1: member 3 posts a false key sum, member 2 attests to a false model: finalized without them.
	const first = openRound();
	for (const hospital of HOSPITALS) submit(first, hospital);
	freeze(first);
	postKeySum(first, 1);
	postKeySum(first, 2);
	postKeySum(first, 3, 1n);
	attest(first, 2, new Array(consortium.weightCount).fill(0));
	attest(first, 1);
	attest(first, 3);

	// 2: B's ciphertext is not the proven one; it is removed, and two updates are not enough.
	const second = openRound();
	for (const hospital of [A, C]) submit(second, hospital);
	submit(second, B, cheat);
	challenge(second, B);
	fail(second, "NotEnoughUpdates");
	consortium.readmit(B);

	// 3: the same, but found after the freeze.
	const third = openRound();
	for (const hospital of [A, C]) submit(third, hospital);
	submit(third, B, cheat);
	freeze(third);
	challenge(third, B);
	consortium.readmit(B);

	// 4: one key sum only.
	const fourth = openRound();
	for (const hospital of HOSPITALS) submit(fourth, hospital);
	freeze(fourth, LATER / 2n);
	postKeySum(fourth, 2);
	fail(fourth, "NotOpened");

	// 5: nobody attests.
	const fifth = openRound();
	for (const hospital of HOSPITALS) submit(fifth, hospital);
	freeze(fifth);
	postKeySum(fifth, 3);
	postKeySum(fifth, 1);
	fail(fifth, "NotAttested");

	// 6: still open.
	const sixth = openRound();
	for (const hospital of [A, C]) submit(sixth, hospital);
	return consortium.chain;
};
