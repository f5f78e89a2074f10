/** All that creating a study takes, from its file: builds its circuits, keys and verifiers, and puts them together. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { makeStudyPackage, type PackageParts } from "../../worker/core/makeStudyPackage.ts";
import type { StudyPackage } from "../../worker/core/studyPackage.ts";
import { studyInstanceName } from "../../worker/protocol/circuitNames.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { ROOT } from "../checks/steps.ts";
import { keySumVerifierName, updateVerifierName } from "../circuits/verifierSource.ts";
import { type PreparedStudy, prepareStudy } from "../prepareStudy.ts";

/** What a package needs of Hardhat's artifact. The generated verifiers use no library that is linked, and their constructors take nothing. */
const artifactSchema = z.object({
	abi: z
		.array(z.object({ type: z.string(), inputs: z.array(z.unknown()).optional() }))
		.refine((abi) => !abi.some(({ type, inputs = [] }) => type === "constructor" && inputs.length > 0), {
			message: "its constructor takes arguments",
		}),
	bytecode: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]),
	linkReferences: z.strictObject({}),
});

const creationCodeOf = async (contract: string): Promise<PackageParts["verifiers"]["update"]> => {
	const path = join(ROOT, "artifacts/contracts/generated", `${contract}.sol`, `${contract}.json`);
	try {
		const { bytecode } = artifactSchema.parse(JSON.parse(await readFile(path, "utf8")));
		return { contract, creationCode: bytecode };
	} catch (cause) {
		throw new DecentraHealthError("CIRCUIT_COMPILE", {
			message: `${path} is no artifact of the verifier ${contract}`,
			nextStep: "Run `npm run build`, then this command again.",
			cause,
		});
	}
};

const developmentOnly = ({ circuits }: PreparedStudy): boolean =>
	Object.values(circuits).some((circuit) => circuit.developmentOnly);

/** @throws DecentraHealthError CIRCUIT_COMPILE, STUDY_PACKAGE_INVALID when its parts do not belong together */
export const packagePrepared = async (prepared: PreparedStudy): Promise<StudyPackage> => {
	const { study, verificationKeys } = prepared;
	const instance = studyInstanceName(study.name);
	const [train, encrypt, keySum] = verificationKeys;
	if (train === undefined || encrypt === undefined || keySum === undefined) throw new RangeError("three keys a study");
	return makeStudyPackage({
		study,
		verificationKeys: { train, encrypt, keySum },
		verifiers: {
			update: await creationCodeOf(updateVerifierName(instance)),
			keySum: await creationCodeOf(keySumVerifierName(instance)),
		},
		developmentKeys: developmentOnly(prepared),
	});
};

/**
 * A minute or two for a study whose circuits were never built, seconds otherwise.
 * @param file a study's file, or the name of one in studies/
 * @throws DecentraHealthError as prepareStudy and {@link packagePrepared}
 */
export const packageStudy = async (file: string): Promise<StudyPackage> => packagePrepared(await prepareStudy(file));
