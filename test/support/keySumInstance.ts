/** A member's key sum over updates made by honest hospitals, for tests of its proof's circuit and of its reference. Everything follows from the seed. */
import { encryptUpdate } from "../../worker/core/encryption/encryptUpdate.ts";
import { openShares } from "../../worker/core/encryption/openShares.ts";
import { shareCommitment } from "../../worker/core/encryption/shareCommitments.ts";
import { type Dealing, keySumCircuitInputs } from "../../worker/core/keySum/circuitInputs.ts";
import { keySumValues } from "../../worker/core/keySum/keySumValues.ts";
import { publicKeyOf } from "../../worker/protocol/babyJubJub.ts";
import { keySumGamma } from "../../worker/protocol/keySumGamma.ts";
import { type InstanceSize, smallInstance } from "./encryptionInstance.ts";
import { randomRing } from "./randomRing.ts";
import { seededRandomness } from "./seededRandomness.ts";

/** Where the key sum is posted; the statement's other parts follow from the case. */
export const keySumPlace = {
	chainId: 31337,
	roundManager: "0x00000000000000000000000000000000000000aa",
	roundId: 7n,
	frozenSetDigest: `0x${"5e".repeat(32)}`,
} as const;

/** What each hospital deals, opened by each member: dealings[member - 1][update]. */
export const dealtUpdates = (
	{ profile, weightCount, members, threshold }: InstanceSize,
	seed: string,
	updates: number,
) => {
	const random = randomRing(seed);
	const memberSecrets = Array.from({ length: members }, () => 1n + random.belowBig(1n << 250n));
	const committeeKeys = memberSecrets.map(publicKeyOf);
	const encrypted = Array.from({ length: updates }, (_, index) => {
		const context = random.element();
		const weights = Array.from({ length: weightCount }, () => random.within(-(2 ** 19), 2 ** 19 - 1));
		const randomness = seededRandomness(`${seed}/${index}`);
		const sampleCount = random.within(1, Math.floor(profile.maxSampleSum / updates));
		const made = encryptUpdate({ profile, weights, sampleCount, committeeKeys, threshold, context, randomness });
		return { context, weights, sampleCount, ...made };
	});
	const dealings: readonly (readonly Dealing[])[] = memberSecrets.map((secret, index) =>
		encrypted.map(({ context, public: { ephemeralKey, encryptedShares, shareCommitments } }) => ({
			context,
			shareCommitments,
			...openShares(secret, index + 1, ephemeralKey, encryptedShares[index] ?? [], context),
		})),
	);
	return { encrypted, dealings };
};

/** Dealings to member 2 that no encryption belongs to, with K = `elements`; quicker to make. */
export const syntheticDealings = (
	seed: string,
	{ updates, members = 3, elements = 4 }: { updates: number; members?: number; elements?: number },
): readonly Dealing[] => {
	const random = randomRing(seed);
	return Array.from({ length: updates }, () => {
		const shares = Array.from({ length: elements }, () => random.element());
		const blind = random.element();
		const shareCommitments = Array.from({ length: members }, (_, index) =>
			index === 1 ? shareCommitment(shares, blind) : random.element(),
		);
		return { context: random.element(), shareCommitments, shares, blind };
	});
};

/** One member's key sum and its proofs' inputs. */
export const keySumCase = (
	seed: string,
	{
		size = smallInstance,
		updates = 3,
		slots = 2,
		memberIndex = 1,
	}: { size?: InstanceSize; updates?: number; slots?: number; memberIndex?: number } = {},
) => {
	const dealings = dealtUpdates(size, seed, updates).dealings[memberIndex - 1] ?? [];
	const values = keySumValues(dealings.map(({ shares }) => shares));
	const gamma = keySumGamma({ ...keySumPlace, memberIndex, values });
	const randomness = seededRandomness(`${seed}/masks`);
	return {
		dealings,
		values,
		gamma,
		memberIndex,
		slots,
		proofs: keySumCircuitInputs({ gamma, memberIndex, slots, dealings, randomness }),
	};
};
