/** What whoever knows the keys' trapdoor can do: valid proofs of false statements, so that a test shows what else refuses them. */
import { keySumChunks } from "../../../worker/core/keySum/chunks.ts";
import { ZERO_MASK_COMMITMENT } from "../../../worker/core/keySum/masks.ts";
import type { SolidityProof } from "../../../worker/core/ledger/state.ts";
import { evaluatePolynomial, Fr } from "../../../worker/protocol/field.ts";
import { type KeySumGammaParts, keySumGamma } from "../../../worker/protocol/keySumGamma.ts";
import { keySumSignals } from "../../../worker/protocol/publicSignals.ts";
import { proofKey, type SyntheticChain } from "./ledgerWriter.ts";
import { eventOf } from "./runAudit.ts";
import { KEY_SUM_SLOTS, simulatedKeys } from "./syntheticConsortium.ts";

/** @param seed of the chain's consortium */
export const forgeProof = (
	chain: SyntheticChain,
	seed: string,
	{ circuit, signals }: { circuit: "train" | "encrypt" | "keySum"; signals: readonly bigint[] },
): SolidityProof => {
	const key = simulatedKeys(seed)[circuit];
	const proof = key.prove(signals);
	chain.validProofs.add(proofKey(key.verificationKey, signals, proof));
	return proof;
};

export type Lie = Partial<Pick<KeySumGammaParts, "values" | "frozenSetDigest" | "memberIndex" | "roundId">> & {
	/** Of the set that the proofs are over. */
	readonly shareDigests?: readonly bigint[];
	/** In the place of the last mask's commitment. */
	readonly lastMask?: bigint;
	/** Added to the first proof's evaluation. */
	readonly excess?: bigint;
};

/** Replaces the nth posted key sum by one whose proofs verify for what it says. */
export const forgeKeySum = (chain: SyntheticChain, seed: string, nth: number, lie: Lie): void => {
	const posted = eventOf(chain, "KeySumPosted", nth).args;
	const frozen = eventOf(chain, "RoundFrozen").args;
	const updates = chain.events.filter((event) => event.name === "UpdateSubmitted");
	const digests = updates.map(({ args }) => args.update.encryption.shareDigest);
	const { values = posted.values, memberIndex = posted.index, shareDigests = digests } = lie;
	const { frozenSetDigest = frozen.frozenSetDigest, roundId = posted.roundId } = lie;
	const { chainId, deployment } = chain;
	const { roundManager } = deployment;
	const gamma = keySumGamma({ chainId, roundManager, roundId, frozenSetDigest, memberIndex, values });
	const chunks = keySumChunks(shareDigests, KEY_SUM_SLOTS);
	posted.values = [...values];
	posted.proofs = chunks.map((chunk, index) => {
		const isLast = index === chunks.length - 1;
		const given = isLast ? (lie.lastMask ?? ZERO_MASK_COMMITMENT) : BigInt(index + 2);
		const sum = evaluatePolynomial(values, gamma);
		const evaluation = index === 0 ? Fr.add(sum, lie.excess ?? 0n) : 0n;
		const maskIn = index === 0 ? ZERO_MASK_COMMITMENT : BigInt(index + 1);
		const statement = { evaluation, gamma, memberIndex: BigInt(memberIndex), maskIn, maskOut: given };
		const signals = keySumSignals({ ...statement, shareDigests: chunk }, KEY_SUM_SLOTS);
		return { proof: [...forgeProof(chain, seed, { circuit: "keySum", signals })], evaluation, maskOut: given };
	});
};
