/** Proving and verification keys of compiled circuits, cached beside them. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zKey } from "snarkjs";
import { openCurve } from "../../worker/adapters/prover/curve.ts";
import { decodeVerificationKey, encodeVerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import { contentDigest } from "../../worker/protocol/contentDigest.ts";
import type { CompiledCircuit } from "./circom.ts";
import { markUsed } from "./prune.ts";
import { developmentSetup } from "./setup/developmentSetup.ts";
import type { FixedBasePool } from "./setup/fixedBase.ts";
import type { DevelopmentPhase1 } from "./setup/phase1Seed.ts";
import { isDevelopmentKey } from "./setup/zkey.ts";

export type CircuitKeys = {
	/** Path of the .zkey. */
	readonly provingKey: string;
	/** Path of the verification key's canonical bytes, which snarkjs reads as well. */
	readonly verificationKeyFile: string;
	readonly publicSignals: number;
	/** SHA-256 of that file. */
	readonly vkHash: `0x${string}`;
	/** Read from the proving key itself. */
	readonly developmentOnly: boolean;
};

/** Keys that {@link circuitKeys} made in this folder. */
export const readKeys = async (folder: string): Promise<CircuitKeys> => {
	const provingKey = join(folder, "proving.zkey");
	const verificationKeyFile = join(folder, "verification_key.json");
	const bytes = await readFile(verificationKeyFile);
	return {
		provingKey,
		verificationKeyFile,
		publicSignals: decodeVerificationKey(bytes).nPublic,
		vkHash: contentDigest(bytes).hex,
		developmentOnly: await isDevelopmentKey(provingKey),
	};
};

export type KeyOptions = {
	/** Keys of one phase 1 go together; those of another are others. */
	readonly phase1: DevelopmentPhase1;
	/** Threads for the setup, asked for only when it is needed. */
	readonly openPool: () => Promise<FixedBasePool>;
	readonly log: (line: string) => void;
};

/** Prefix of the folders beside a circuit that hold its development keys; the phase 1's id follows. */
export const KEYS_PREFIX = "development-keys-";

/**
 * The keys of a circuit; a development setup makes them when there are none of this phase 1. All files, with the note that they are for
 * development, appear in one rename, so a killed setup leaves no half a key.
 */
export const circuitKeys = async (
	circuit: CompiledCircuit,
	{ phase1: { phase1, id }, openPool, log }: KeyOptions,
): Promise<CircuitKeys> => {
	const folder = join(circuit.folder, `${KEYS_PREFIX}${id}`);
	if (existsSync(folder)) await markUsed(folder);
	else {
		const work = join(circuit.folder, `.keys-${randomBytes(6).toString("hex")}`);
		await mkdir(work);
		try {
			const zkey = join(work, "proving.zkey");
			// snarkjs starts its threads for the verification key; two keys made at once would start two sets.
			await openCurve();
			await developmentSetup({ r1cs: circuit.r1cs, zkey, phase1, pool: await openPool(), log });
			await writeFile(
				join(work, "verification_key.json"),
				encodeVerificationKey(await zKey.exportVerificationKey(zkey)),
			);
			await writeFile(
				join(work, "metadata.json"),
				`${JSON.stringify({ developmentOnly: true, circuit: circuit.hash })}\n`,
			);
			await rename(work, folder).catch((error: unknown) => {
				// Another process finished its setup of the same circuit first; its keys are as good.
				if (!existsSync(folder)) throw error;
			});
		} finally {
			await rm(work, { recursive: true, force: true });
		}
	}
	return readKeys(folder);
};
