/** The package that the command makes for the embedded study creates it by raw transactions, as a wallet in a browser sends them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { network } from "hardhat";
import { encodeFunctionData, type Hex, parseAbi } from "viem";
import { studyParameters } from "../../worker/core/codecs/study.ts";
import { placePackage } from "../../worker/core/placePackage.ts";
import { parseStudyPackage, type StudyPackage } from "../../worker/core/studyPackage.ts";
import { requireStudyPackage } from "../../worker/core/studyPackageChecks.ts";
import { modelRegistryAbi } from "../../worker/protocol/generated/abi.ts";
import { deployAll } from "../support/contracts/deploy.ts";

const ROOT = join(import.meta.dirname, "../..");

const verifierAbi = parseAbi([
	"function TRAIN_VK_HASH() view returns (bytes32)",
	"function ENCRYPT_VK_HASH() view returns (bytes32)",
	"function VK_HASH() view returns (bytes32)",
]);

describe("study package", () => {
	let folder: string;
	let made: StudyPackage;

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "decentrahealth-"));
		const out = join(folder, "wdbc.package.json");
		const args = ["scripts/study/main.ts", "package", "wdbc", "--out", out, "--json"];
		const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
		made = requireStudyPackage(parseStudyPackage(await readFile(out, "utf8")));
		const { file, study, definitionDigest, developmentKeys } = JSON.parse(stdout);
		assert.deepEqual(
			{ file, study, definitionDigest, developmentKeys },
			{
				file: out,
				study: "wdbc",
				definitionDigest: made.definitionDigest,
				developmentKeys: true,
			},
		);
	});
	after(() => rm(folder, { recursive: true, force: true }));

	it("creates the study on a fresh chain", async () => {
		const connection = await network.create();
		const { modelRegistry, roundManager, owner, publicClient } = await deployAll(connection);
		const send = async (to: Hex | undefined, data: Hex) => {
			const hash = await owner.sendTransaction(to === undefined ? { data } : { to, data });
			return publicClient.waitForTransactionReceipt({ hash });
		};
		const deploy = async (data: Hex): Promise<Hex> => {
			const { contractAddress } = await send(undefined, data);
			return contractAddress ?? assert.fail("no contract was created");
		};
		const updateVerifier = await deploy(made.verifiers.update.creationCode);
		const keySumVerifier = await deploy(made.verifiers.keySum.creationCode);
		for (const [address, functionName, expected] of [
			[updateVerifier, "TRAIN_VK_HASH", made.vkHashes.train],
			[updateVerifier, "ENCRYPT_VK_HASH", made.vkHashes.encrypt],
			[keySumVerifier, "VK_HASH", made.vkHashes.keySum],
		] as const) {
			assert.equal(await publicClient.readContract({ address, abi: verifierAbi, functionName }), expected);
		}
		const chainId = await publicClient.getChainId();
		const placed = placePackage(made, { chainId, roundManager: roundManager.address });
		const { definitionDigest, modelDigest, weightCommitment } = placed;
		const parameters = { definitionDigest, updateVerifier, keySumVerifier, ...studyParameters(made.study) };
		const receipt = await send(
			modelRegistry.address,
			encodeFunctionData({
				abi: modelRegistryAbi,
				functionName: "createStudy",
				args: [parameters, weightCommitment, modelDigest],
			}),
		);
		assert.equal(receipt.status, "success");
		const study = await modelRegistry.read.studyOf([1n]);
		assert.equal(study.parameters.definitionDigest, definitionDigest);
		assert.deepEqual(
			[study.trainVkHash, study.encryptVkHash, study.keySumVkHash],
			[made.vkHashes.train, made.vkHashes.encrypt, made.vkHashes.keySum],
		);
		const model = await modelRegistry.read.modelOf([1n]);
		assert.deepEqual([model.digest, model.commitment], [modelDigest, weightCommitment]);
		await connection.close();
	});
});
