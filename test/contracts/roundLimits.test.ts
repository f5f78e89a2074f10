import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Hex, sha256 } from "viem";
import { standardProfile } from "../../worker/protocol/profiles.ts";
import {
	DURATIONS,
	deployConsortium,
	digest,
	INITIAL_MODEL,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";

describe("RoundManager: limits of a round", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	const most = standardProfile.maxUpdates;
	/** Round 1 of one hospital more than may submit, and the consortium's three, which do not. */
	const deployCrowd = async () => {
		const { roundManager, hospitalRegistry, committee } = await deployConsortium(connection);
		const testClient = await connection.viem.getTestClient();
		const hospitals = Array.from(
			{ length: most + 1 },
			(_, index) => `0x${(index + 4096).toString(16).padStart(40, "0")}` as const,
		);
		for (const hospital of hospitals) {
			await hospitalRegistry.write.admitHospital([hospital]);
			await testClient.setBalance({ address: hospital, value: 10n ** 18n });
			await testClient.impersonateAccount({ address: hospital });
			await hospitalRegistry.write.commitDataset([1n, 1n, 8, 1], { account: hospital });
		}
		await roundManager.write.openRound([1n, committee, DURATIONS]);
		return { roundManager, hospitals };
	};

	it("refuses more samples than a round's sum may have", async () => {
		const { roundManager, modelRegistry, hospitalRegistry, hospitals, committee, study } =
			await loadFixture(deployConsortium);
		const large = { ...study, nameHash: digest("large"), batchSize: 32, datasetDepth: 10, epochs: 1 };
		await modelRegistry.write.createStudy([
			{ ...large, stepsPerSegment: 64 },
			INITIAL_MODEL.commitment,
			INITIAL_MODEL.digest,
		]);
		const most = standardProfile.maxSampleSum;
		const sizes = [most - 32, 32, 32];
		for (const [index, { account }] of hospitals.entries()) {
			const samples = sizes[index] as number;
			await hospitalRegistry.write.commitDataset([2n, 1n, samples, samples / 32], { account });
		}
		await roundManager.write.openRound([2n, committee, DURATIONS]);
		const submit = (index: number) => {
			const [roundId, bundleDigest, segments, encryption] = updateArgs(index);
			const count = Math.ceil((sizes[index] as number) / 32 / 64);
			const all = Array.from({ length: count }, () => segments[0] as (typeof segments)[number]);
			const { account } = walletAt(hospitals, index);
			return roundManager.write.submitUpdate([roundId, bundleDigest, all, encryption], { account });
		};
		await submit(0);
		await submit(1);
		assert.equal((await roundManager.read.roundOf([1n])).sampleSum, most);
		await errorWith(submit(2), roundManager, "RoundManager__TooManySamples", [BigInt(most + 32), BigInt(most)]);
	});

	it("refuses more updates than a round may have", async () => {
		const { roundManager, hospitals } = await loadFixture(deployCrowd);
		const [roundId, bundleDigest, segments, encryption] = updateArgs(0);
		const submit = (account: Hex) =>
			roundManager.write.submitUpdate([roundId, bundleDigest, segments.slice(0, 1), encryption], { account });
		for (const hospital of hospitals.slice(0, most)) await submit(hospital);
		await errorWith(submit(hospitals[most] as Hex), roundManager, "RoundManager__TooManyUpdates", [BigInt(most)]);
		// Early freezing does not wait for the hospitals that have no room.
		await roundManager.write.freeze([1n]);
		const { phase } = await roundManager.read.roundOf([1n]);
		assert.equal(phase, 2);
	});

	it("removes more updates than were expected", async () => {
		const { roundManager, hospitals } = await loadFixture(deployCrowd);
		const [roundId, , segments, encryption] = updateArgs(0);
		const bundle = "0x00";
		for (const hospital of hospitals) {
			await roundManager.write.submitUpdate([roundId, sha256(bundle), segments.slice(0, 1), encryption], {
				account: hospital,
			});
			await roundManager.write.challengeUpdate([roundId, hospital, bundle, encryption]);
		}
		const { updateCount, expectedUpdates } = await roundManager.read.roundOf([1n]);
		assert.deepEqual({ updateCount, expectedUpdates }, { updateCount: 0, expectedUpdates: 0 });
	});
});
