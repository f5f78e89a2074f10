/**
 * The seed of this machine's development setups: all keys made here share tau, alpha and beta, as those of one ceremony do, so that a
 * contract can verify proofs under several of them at once. INSECURE by construction: whoever reads the file can forge proofs.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { isTaken, systemErrorCode, writeFileAtomic } from "../../../worker/adapters/atomicFile.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { type Phase1, phase1Of, randomSeed, SEED_BYTES } from "./trapdoor.ts";

export type DevelopmentPhase1 = {
	readonly phase1: Phase1;
	/** 32 hex digits that name the seed without telling it: keys of another phase 1 have another. */
	readonly id: string;
};

const WARNING =
	"INSECURE: the trapdoor of this machine's development proving keys. Whoever reads this can forge every proof made with them. Contracts that verify them refuse every chain but local ones. Delete the file and run `npm run circuits` for new keys.";

const seedSchema = z.strictObject({
	warning: z.string(),
	seed: z.string().regex(new RegExp(`^[0-9a-f]{${2 * SEED_BYTES}}$`)),
});

const developmentPhase1 = (seed: Uint8Array): DevelopmentPhase1 => ({
	phase1: phase1Of(seed),
	id: createHash("sha256").update("DecentraHealth/development-setup/id/v1/").update(seed).digest("hex").slice(0, 32),
});

const readSeed = async (path: string): Promise<Uint8Array | undefined> => {
	const text = await readFile(path, "utf8").catch((error: unknown) => {
		if (systemErrorCode(error) === "ENOENT") return undefined;
		throw error;
	});
	if (text === undefined) return undefined;
	try {
		return new Uint8Array(Buffer.from(seedSchema.parse(JSON.parse(text)).seed, "hex"));
	} catch {
		// Without the cause, which could quote the file.
		throw new DecentraHealthError("CIRCUIT_COMPILE", {
			message: `${path} is no seed of a development setup`,
			nextStep: "delete it and run `npm run circuits`: all keys are made anew",
		});
	}
};

/** A phase 1 that is kept nowhere. */
export const temporaryPhase1 = (): DevelopmentPhase1 => developmentPhase1(randomSeed());

/**
 * The phase 1 of the seed at `path`. The first caller makes it, complete or not at all and readable by its owner only; of several at once
 * one does, and all get the same.
 * @throws DecentraHealthError CIRCUIT_COMPILE when the file holds something else
 */
export const sharedPhase1 = async (path: string): Promise<DevelopmentPhase1> => {
	const known = await readSeed(path);
	if (known !== undefined) return developmentPhase1(known);
	const text = `${JSON.stringify({ warning: WARNING, seed: Buffer.from(randomSeed()).toString("hex") }, null, 1)}\n`;
	await writeFileAtomic(path, text, { exclusive: true }).catch((error: unknown) => {
		if (!isTaken(error)) throw error;
	});
	const made = await readSeed(path);
	if (made === undefined) throw new Error(`${path} vanished`);
	return developmentPhase1(made);
};
