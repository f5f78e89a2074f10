/** Small instances of the key sum's proof with honest inputs: a round of updates, dealt to a committee, opened by one member. */
import { openShares } from "../../../worker/core/encryption/openShares.ts";
import { type Dealing, keySumCircuitInputs } from "../../../worker/core/keySum/circuitInputs.ts";
import { keySumValues } from "../../../worker/core/keySum/keySumValues.ts";
import { KEY_SUM_ARRAY, KEY_SUM_SIGNALS } from "../../../worker/protocol/publicSignals.ts";
import { encryptionCase, type InstanceSize, smallInstance } from "../encryptionInstance.ts";
import { randomRing } from "../randomRing.ts";
import { seededRandomness } from "../seededRandomness.ts";
import type { TestCircuitOptions } from "./testCircuit.ts";

export type KeySumSize = InstanceSize & { readonly slots: number };

export const smallKeySum: KeySumSize = { ...smallInstance, slots: 3 };

export const keySumCircuitOptions = ({ profile, members, slots }: KeySumSize): TestCircuitOptions => ({
	include: "circuits/committee/KeySumOver.circom",
	template: "KeySumOver",
	params: [profile.keyElements, members, slots],
	// The output comes first.
	publicSignals: [...KEY_SUM_SIGNALS.slice(1), KEY_SUM_ARRAY],
});

/** What one update deals to each member; `dealings[j]` is member j + 1's, `outputs` the encryption proof's. */
export const dealtUpdate = (size: InstanceSize, seed: string) => {
	const { public: bundle, memberSecrets, proven, outputs } = encryptionCase(size, seed);
	const { context } = proven;
	const dealings = memberSecrets.map((secret, index): Dealing => {
		const shares = bundle.encryptedShares[index] ?? [];
		return {
			...openShares(secret, index + 1, bundle.ephemeralKey, shares, context),
			context,
			shareCommitments: bundle.shareCommitments,
		};
	});
	return { dealings, outputs, secrets: proven.secrets };
};

/**
 * The inputs of all proofs of one member's key sum over `updates` updates. gamma is random: nothing in the circuit depends on where it is from.
 * @param memberIndex 1..n
 */
export const keySumCase = (
	size: KeySumSize,
	{ updates, memberIndex, seed }: { readonly updates: number; readonly memberIndex: number; readonly seed: string },
) => {
	const gamma = randomRing(`${seed} gamma`).element();
	const dealt = Array.from({ length: updates }, (_, index) => dealtUpdate(size, `${seed} ${index}`));
	const dealings = dealt.map((update) => {
		const dealing = update.dealings[memberIndex - 1];
		if (dealing === undefined) throw new RangeError(`no member ${memberIndex}`);
		return dealing;
	});
	const proofs = keySumCircuitInputs({
		gamma,
		memberIndex,
		slots: size.slots,
		dealings,
		randomness: seededRandomness(`${seed} masks`),
	});
	return { gamma, dealt, dealings, proofs, values: keySumValues(dealings.map(({ shares }) => shares)) };
};
