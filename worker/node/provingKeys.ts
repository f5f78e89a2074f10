/** Whether a participant's proving keys are the study's, and how finished proofs are noted down. */
import type { Hex } from "viem";
import { z } from "zod";
import type { CircuitFiles } from "../adapters/prover.ts";
import { DecentraHealthError } from "../protocol/errors.ts";

/** @throws DecentraHealthError PROVING_KEY_MISMATCH */
export const requireProvingKey = ({ name, vkHash }: Pick<CircuitFiles, "name" | "vkHash">, required: Hex): void => {
	if (vkHash === required) return;
	throw new DecentraHealthError("PROVING_KEY_MISMATCH", {
		message: `the key of ${name} has the digest ${vkHash}; the study's proofs are verified with ${required}`,
		nextStep: "Use the study's proving keys: proofs of other keys are refused.",
	});
};

/** A field element in a note: decimal. */
export const elementSchema = z.union([z.string().regex(/^[0-9]{1,78}$/), z.bigint()]).transform(BigInt);
export const proofSchema = z.array(elementSchema).length(8);
