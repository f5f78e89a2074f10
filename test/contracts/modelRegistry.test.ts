import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Address, type Hex, pad, stringToHex, zeroAddress, zeroHash } from "viem";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { deployAll, deployConsortium, digest, INITIAL_MODEL, walletAt } from "../support/contracts/deploy.ts";

const fieldName = (name: string): Hex => pad(stringToHex(name), { dir: "right", size: 32 });

describe("ModelRegistry", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	it("stores a study with its verifying keys and its initial model", async () => {
		const { modelRegistry, study, updateVerifier, keySumVerifier } = await loadFixture(deployConsortium);
		const { parameters, trainVkHash, encryptVkHash, keySumVkHash } = await modelRegistry.read.studyOf([1n]);
		assert.deepEqual(await modelRegistry.read.parametersOf([1n]), parameters);
		const { updateVerifier: update, keySumVerifier: keySum, ...numbers } = parameters;
		const { updateVerifier: _, keySumVerifier: __, ...expected } = study;
		assert.deepEqual(numbers, expected);
		assert.equal(update.toLowerCase(), updateVerifier.address.toLowerCase());
		assert.equal(keySum.toLowerCase(), keySumVerifier.address.toLowerCase());
		assert.equal(trainVkHash, await updateVerifier.read.TRAIN_VK_HASH());
		assert.equal(encryptVkHash, await updateVerifier.read.ENCRYPT_VK_HASH());
		assert.equal(keySumVkHash, await keySumVerifier.read.VK_HASH());
		assert.equal(new Set([trainVkHash, encryptVkHash, keySumVkHash]).size, 3);
		assert.equal(await modelRegistry.read.studyIdOf([study.nameHash]), 1n);
		assert.equal(await modelRegistry.read.studyCount(), 1n);
		assert.equal(await modelRegistry.read.modelCount(), 1n);
		assert.equal(await modelRegistry.read.currentModel([1n]), 1n);
		assert.deepEqual(await modelRegistry.read.modelOf([1n]), {
			...INITIAL_MODEL,
			parent: 0n,
			roundId: 0n,
			studyId: 1n,
		});
	});

	it("announces a study and its initial model", async () => {
		const { modelRegistry, study } = await loadFixture(deployAll);
		const hash = await modelRegistry.write.createStudy([study, INITIAL_MODEL.commitment, INITIAL_MODEL.digest]);
		await assertions.emitWithArgs(hash, modelRegistry, "StudyCreated", [1n, study.nameHash, () => true]);
		const model = [1n, 1n, 0n, 0n, INITIAL_MODEL.commitment, INITIAL_MODEL.digest] as const;
		await assertions.emitWithArgs(hash, modelRegistry, "ModelAppended", [...model]);
	});

	it("knows no study or model outside 1 to the count", async () => {
		const { modelRegistry } = await loadFixture(deployConsortium);
		for (const id of [0n, 2n]) {
			await errorWith(modelRegistry.read.studyOf([id]), modelRegistry, "ModelRegistry__NoStudy", [id]);
			await errorWith(modelRegistry.read.parametersOf([id]), modelRegistry, "ModelRegistry__NoStudy", [id]);
			await errorWith(modelRegistry.read.modelOf([id]), modelRegistry, "ModelRegistry__NoModel", [id]);
		}
		assert.equal(await modelRegistry.read.currentModel([2n]), 0n);
	});

	it("lets only the owner create studies and name the round manager, once", async () => {
		const { modelRegistry, roundManager, study, stranger } = await loadFixture(deployConsortium);
		const { account } = stranger;
		const { createStudy, setRoundManager } = modelRegistry.write;
		for (const call of [
			createStudy([study, 1n, digest("model")], { account }),
			setRoundManager([account.address], { account }),
		]) {
			await errorWith(call, modelRegistry, "OwnableUnauthorizedAccount", [account.address]);
		}
		await errorWith(setRoundManager([zeroAddress]), modelRegistry, "ModelRegistry__ZeroAddress", []);
		await errorWith(setRoundManager([account.address]), modelRegistry, "ModelRegistry__RoundManagerAlreadySet", [
			roundManager.address,
		]);
	});

	it("lets only the round manager append, and only to the current model", async () => {
		const { modelRegistry, owner, others, study } = await loadFixture(deployAll);
		const { account } = walletAt(others, 0);
		await modelRegistry.write.createStudy([study, INITIAL_MODEL.commitment, INITIAL_MODEL.digest]);
		const { appendModel } = modelRegistry.write;
		await errorWith(appendModel([1n, 1n, 1n, 5n, digest("model")]), modelRegistry, "ModelRegistry__NotRoundManager", [
			owner.account.address,
		]);
		await modelRegistry.write.setRoundManager([account.address]);
		await assertions.emitWithArgs(
			appendModel([1n, 1n, 9n, 5n, digest("model")], { account }),
			modelRegistry,
			"ModelAppended",
			[1n, 2n, 9n, 1n, 5n, digest("model")],
		);
		await errorWith(
			appendModel([1n, 1n, 10n, 6n, digest("other")], { account }),
			modelRegistry,
			"ModelRegistry__StaleParent",
			[1n, 2n],
		);
		for (const study of [0n, 2n]) {
			await errorWith(
				appendModel([study, 0n, 10n, 6n, digest("other")], { account }),
				modelRegistry,
				"ModelRegistry__NoStudy",
				[study],
			);
		}
		const append = (commitment: bigint, modelDigest: Hex) =>
			appendModel([1n, 2n, 10n, commitment, modelDigest], { account });
		await errorWith(append(FIELD_ORDER, digest("other")), modelRegistry, "ModelRegistry__NotFieldElement", [
			FIELD_ORDER,
		]);
		await errorWith(append(6n, zeroHash), modelRegistry, "ModelRegistry__ZeroDigest", []);
	});

	describe("refuses a study", () => {
		const creating = async () => {
			const { modelRegistry, study, roundManager, ...rest } = await loadFixture(deployAll);
			const create = (change: Partial<typeof study> | Record<string, unknown>, commitment = 1n) =>
				modelRegistry.write.createStudy([{ ...study, ...change }, commitment, digest("model")]);
			return { ...rest, modelRegistry, study, roundManager, create };
		};

		it("without a name, or with one that is taken", async () => {
			const { create, modelRegistry, study } = await creating();
			await create({});
			await errorWith(create({}), modelRegistry, "ModelRegistry__Name", [study.nameHash, 1n]);
			await errorWith(create({ nameHash: zeroHash }), modelRegistry, "ModelRegistry__Name", [zeroHash, 0n]);
		});

		it("without a definition or with an impossible initial model", async () => {
			const { create, modelRegistry, study } = await creating();
			await errorWith(create({ definitionDigest: zeroHash }), modelRegistry, "ModelRegistry__ZeroDigest", []);
			await errorWith(create({}, FIELD_ORDER), modelRegistry, "ModelRegistry__NotFieldElement", [FIELD_ORDER]);
			await errorWith(
				modelRegistry.write.createStudy([study, 1n, zeroHash]),
				modelRegistry,
				"ModelRegistry__ZeroDigest",
				[],
			);
		});

		it("whose threshold is not above half, or above the committee, or whose committee is out of range", async () => {
			const { create, modelRegistry } = await creating();
			for (const [members, threshold] of [
				[3, 1],
				[4, 2],
				[3, 4],
				[1, 1],
				[8, 5],
				[0, 0],
			] as const) {
				await errorWith(create({ members, threshold }), modelRegistry, "ModelRegistry__Committee", [
					BigInt(members),
					BigInt(threshold),
				]);
			}
			let made = 0;
			for (const [members, threshold] of [
				[2, 2],
				[3, 2],
				[7, 4],
				[7, 7],
			] as const) {
				await create({ members, threshold, nameHash: digest(`study ${made++}`) });
			}
		});

		it("whose numbers are out of range", async () => {
			const { create, modelRegistry } = await creating();
			const ranges = {
				learningRate: [1, 4095],
				batchSize: [1, 32],
				stepsPerSegment: [1, 64],
				epochs: [1, 64],
				datasetDepth: [1, 11],
				keySumSlots: [1, 16],
				weightCount: [1, 2048],
				profileId: [1, 1],
			} as const;
			for (const [name, [least, most]] of Object.entries(ranges)) {
				for (const value of [least - 1, most + 1]) {
					const args = [fieldName(name), BigInt(value), BigInt(least), BigInt(most)] as const;
					await errorWith(create({ [name]: value }), modelRegistry, "ModelRegistry__OutOfRange", [...args]);
				}
				// With few segments, whose number has a range of its own.
				const few = { datasetDepth: 1, epochs: 1, stepsPerSegment: 64 };
				await create({ ...few, [name]: most, nameHash: digest(`most ${name}`) });
				await create({ ...few, [name]: least, nameHash: digest(`least ${name}`) });
			}
			await errorWith(create({ batchSize: 24 }), modelRegistry, "ModelRegistry__BatchSize", [24n]);
			for (const minUpdates of [0, 65]) {
				await errorWith(create({ minUpdates }), modelRegistry, "ModelRegistry__MinUpdates", [
					BigInt(minUpdates),
					1n,
					64n,
				]);
			}
		});

		it("whose floor on a data set is none, or higher than a data set can be", async () => {
			const { create, modelRegistry } = await creating();
			const sizes = { batchSize: 8, datasetDepth: 6 };
			for (const [name, most] of [
				["minSamples", 512],
				["minBatches", 64],
			] as const) {
				for (const value of [0, most + 1]) {
					const args = [fieldName(name), BigInt(value), 1n, BigInt(most)] as const;
					await errorWith(create({ ...sizes, [name]: value }), modelRegistry, "ModelRegistry__OutOfRange", [...args]);
				}
				await create({ ...sizes, [name]: most, nameHash: digest(`most ${name}`) });
			}
		});

		it("whose updates would not fit in a transaction", async () => {
			const { create, modelRegistry } = await creating();
			const most = { epochs: 3, datasetDepth: 6, stepsPerSegment: 4 };
			await create({ ...most, nameHash: digest("48 segments") });
			const cases = [
				[{ ...most, epochs: 4 }, 64n],
				[{ ...most, datasetDepth: 7 }, 96n],
				[{ epochs: 49, datasetDepth: 1, stepsPerSegment: 2 }, 49n],
				// The last segment has but one step.
				[{ epochs: 61, datasetDepth: 4, stepsPerSegment: 20 }, 49n],
				[{ epochs: 64, datasetDepth: 11, stepsPerSegment: 1 }, 131072n],
			] as const;
			for (const [parameters, segments] of cases) {
				await errorWith(create(parameters), modelRegistry, "ModelRegistry__OutOfRange", [
					fieldName("segments"),
					segments,
					1n,
					48n,
				]);
			}
		});

		it("whose verifiers are none", async () => {
			const { create, modelRegistry, roundManager, owner } = await creating();
			const { viem } = connection;
			const answering = (...hashes: readonly Hex[]) => viem.deployContract("VerifierDouble", hashes as never);
			const key = digest("key");
			const refused = async (field: string, address: Address) =>
				errorWith(create({ [field]: address }), modelRegistry, "ModelRegistry__NotVerifier", [
					(actual: string) => actual.toLowerCase() === address.toLowerCase(),
				]);
			// No code, no such function, a zero hash.
			for (const field of ["updateVerifier", "keySumVerifier"]) {
				for (const address of [owner.account.address, roundManager.address]) await refused(field, address);
			}
			await refused("updateVerifier", (await answering(zeroHash, key, key)).address);
			await refused("updateVerifier", (await answering(key, zeroHash, key)).address);
			await refused("keySumVerifier", (await answering(key, key, zeroHash)).address);
		});
	});
});
