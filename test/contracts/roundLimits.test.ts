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
	// A round's last submissions may come in one second.
	const connection = await network.create({ override: { allowBlocksWithSameTimestamp: true } });
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	const most = standardProfile.maxUpdates;
	/** Round 1 of one hospital more than may submit, and the consortium's three, which do not. */
	const deployCrowd = async () => {
		const consortium = await deployConsortium(connection);
		const { roundManager, hospitalRegistry, committee } = consortium;
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
		return { ...consortium, hospitals };
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

	it("refuses more updates than a round may have, and freezes that many in one transaction", async () => {
		const { roundManager, hospitals, members, publicClient } = await loadFixture(deployCrowd);
		const [roundId, , segments, encryption] = updateArgs(0);
		const submit = (account: Hex, index: number) =>
			roundManager.write.submitUpdate([roundId, digest(`bundle ${index}`), segments.slice(0, 1), encryption], {
				account,
			});
		for (const [index, hospital] of hospitals.slice(0, most - 1).entries()) await submit(hospital, index);
		const { deadline } = await roundManager.read.roundOf([1n]);
		await submit(hospitals[most - 1] as Hex, most - 1);
		// That closed the submissions, in whose second another one still comes in time.
		const closed = await roundManager.read.roundOf([1n]);
		assert.ok(closed.deadline < deadline);
		await time.setNextBlockTimestamp(closed.deadline);
		await errorWith(submit(hospitals[most] as Hex, most), roundManager, "RoundManager__TooManyUpdates", [BigInt(most)]);
		const updates = Array.from({ length: most }, (_, position) => ({
			position,
			bundleDigest: digest(`bundle ${position}`),
		}));
		for (const { account } of members.slice(0, 2)) {
			await roundManager.write.confirmAvailability([1n, updates], { account });
		}
		await time.setNextBlockTimestamp(closed.deadline + 1n);
		const { gasUsed } = await publicClient.getTransactionReceipt({ hash: await roundManager.write.freeze([1n]) });
		assert.ok(gasUsed < 1_000_000n, `${gasUsed} gas`);
		const { phase, updateCount } = await roundManager.read.roundOf([1n]);
		assert.deepEqual({ phase, updateCount }, { phase: 2, updateCount: most });
	});

	it("removes more updates than were expected", async () => {
		const { roundManager, hospitals } = await loadFixture(deployCrowd);
		const [roundId, , segments, encryption] = updateArgs(0);
		const bundle = "0x00";
		const submit = (account: Hex) =>
			roundManager.write.submitUpdate([roundId, sha256(bundle), segments.slice(0, 1), encryption], { account });
		// Two live ones at a time, so that the expected number is never reached before the last.
		await submit(hospitals[0] as Hex);
		for (const [index, hospital] of hospitals.entries()) {
			const next = hospitals[index + 1];
			const { updateCount, expectedUpdates, acceptedCount } = await roundManager.read.roundOf([1n]);
			assert.deepEqual(
				{ updateCount, expectedUpdates, acceptedCount },
				{ updateCount: 1, expectedUpdates: most - index, acceptedCount: index + 1 },
			);
			if (expectedUpdates === 1) break;
			if (next !== undefined) await submit(next);
			await roundManager.write.challengeUpdate([roundId, hospital, bundle, encryption]);
		}
	});
});
