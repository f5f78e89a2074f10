import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Address, encodeAbiParameters, keccak256 } from "viem";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { hashTriple } from "../../worker/protocol/poseidon.ts";
import {
	DURATIONS,
	deployAll,
	deployConsortium,
	deployOpenRound,
	digest,
	INITIAL_MODEL,
	STUDY,
	walletAt,
} from "../support/contracts/deploy.ts";
import { registerShareKeyArgs, testShareKey } from "../support/contracts/shareKeys.ts";

describe("RoundManager.openRound", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	it("stores and announces the round, with the committee's keys and their digest", async () => {
		const { roundManager, committee, hospitalRegistry, publicClient } = await loadFixture(deployOpenRound);
		const [event] = await roundManager.getEvents.RoundOpened({}, { fromBlock: 0n });
		assert.ok(event?.args.opening !== undefined);
		const { opening } = event.args;
		const keys = await Promise.all(committee.map((member) => hospitalRegistry.read.shareKeyOf([member])));
		assert.deepEqual(opening.shareKeys, keys);
		assert.deepEqual(
			opening.committee.map((member) => member.toLowerCase()),
			committee,
		);
		// docs/PROTOCOL.md section 1: the contract's Poseidon agrees with the workers' and the circuits'.
		const keysDigest = keys.reduce((link, { x, y }) => hashTriple(link, x, y), 0n);
		assert.equal(opening.committeeKeysDigest, keysDigest);

		const block = await publicClient.getBlock({ blockNumber: event.blockNumber });
		const deadline = block.timestamp + BigInt(DURATIONS.submission);
		assert.deepEqual(await roundManager.read.roundOf([1n]), {
			studyId: 1n,
			baseModelId: 1n,
			openedAtBlock: event.blockNumber,
			deadline,
			checkingDuration: DURATIONS.checking,
			beacon: opening.beacon,
			attestationDuration: DURATIONS.attestation,
			sampleSum: 0,
			phase: 1,
			failureReason: 0,
			acceptedCount: 0,
			updateCount: 0,
			availableCount: 0,
			expectedUpdates: 3,
			keySumCount: 0,
			members: STUDY.members,
			threshold: STUDY.threshold,
			minUpdates: STUDY.minUpdates,
			enteredAt: 0,
			baseCommitment: INITIAL_MODEL.commitment,
			committeeKeysDigest: keysDigest,
			frozenSetDigest: `0x${"00".repeat(32)}`,
		});
		assert.equal(opening.deadline, deadline);
		assert.equal(opening.checkingDuration, DURATIONS.checking);
		assert.equal(opening.openedAtBlock, event.blockNumber);
		assert.equal(opening.baseDigest, INITIAL_MODEL.digest);
		assert.equal(await roundManager.read.activeRound([1n]), 1n);
		assert.equal(await roundManager.read.roundCount(), 1n);
		for (const [index, member] of committee.entries()) {
			const seat = { index: index + 1, postedKeySum: false, attested: false };
			assert.deepEqual(await roundManager.read.seatOf([1n, member]), seat);
		}
	});

	it("takes the beacon from the preceding block and the block's randomness", async () => {
		const { roundManager, publicClient } = await loadFixture(deployOpenRound);
		const { openedAtBlock, beacon } = await roundManager.read.roundOf([1n]);
		const block = await publicClient.getBlock({ blockNumber: openedAtBlock });
		const types = [{ type: "bytes32" }, { type: "uint256" }, { type: "uint256" }] as const;
		const hash = keccak256(encodeAbiParameters(types, [block.parentHash, BigInt(block.mixHash), 1n]));
		assert.equal(beacon, Number(BigInt(hash) & 0xffff_ffffn));
	});

	it("computes the context of docs/PROTOCOL.md section 1", async () => {
		const { roundManager, hospitals, publicClient } = await loadFixture(deployOpenRound);
		const hospital = walletAt(hospitals, 1).account.address;
		const types = ["uint256", "address", "uint256", "uint256", "address", "uint256", "uint256"].map((type) => ({
			type,
		}));
		const chainId = BigInt(await publicClient.getChainId());
		const values = [chainId, roundManager.address, 1n, 1n, hospital, BigInt(STUDY.profileId), 0n];
		const context = BigInt(keccak256(encodeAbiParameters(types, values))) % FIELD_ORDER;
		assert.equal(await roundManager.read.contextOf([1n, hospital]), context);
		await errorWith(roundManager.read.contextOf([2n, hospital]), roundManager, "RoundManager__WrongPhase", [2n, 0]);
	});

	it("keeps the keys it took when a member changes its key or is removed", async () => {
		const { roundManager, hospitalRegistry, members, committee } = await loadFixture(deployOpenRound);
		const { committeeKeysDigest } = await roundManager.read.roundOf([1n]);
		const { account } = walletAt(members, 0);
		await hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(5n)), { account });
		await hospitalRegistry.write.removeMember([committee[1] as Address]);
		assert.equal((await roundManager.read.roundOf([1n])).committeeKeysDigest, committeeKeysDigest);
		assert.equal((await roundManager.read.seatOf([1n, committee[1] as Address])).index, 2);
	});

	it("expects no more updates than a round can have", async () => {
		const { roundManager, hospitalRegistry, committee, publicClient } = await loadFixture(deployConsortium);
		const testClient = await connection.viem.getTestClient();
		for (let index = 0; index < 63; index++) {
			const hospital = `0x${(index + 4096).toString(16).padStart(40, "0")}` as const;
			await hospitalRegistry.write.admitHospital([hospital]);
			await testClient.setBalance({ address: hospital, value: 10n ** 18n });
			await testClient.impersonateAccount({ address: hospital });
			await hospitalRegistry.write.commitDataset([1n, 1n, 8, 1], { account: hospital });
		}
		assert.equal(await hospitalRegistry.read.committedHospitals([1n]), 66n);
		await roundManager.write.openRound([1n, committee, DURATIONS]);
		assert.equal((await roundManager.read.roundOf([1n])).expectedUpdates, 64);
		assert.ok((await publicClient.getBlockNumber()) > 66n);
	});

	it("is the owner's alone", async () => {
		const { roundManager, committee, stranger } = await loadFixture(deployConsortium);
		const { account } = stranger;
		await errorWith(
			roundManager.write.openRound([1n, committee, DURATIONS], { account }),
			roundManager,
			"OwnableUnauthorizedAccount",
			[account.address],
		);
	});

	it("refuses an unknown study, a second active round, and impossible durations", async () => {
		const { roundManager, modelRegistry, committee } = await loadFixture(deployConsortium);
		const { openRound } = roundManager.write;
		await errorWith(openRound([2n, committee, DURATIONS]), modelRegistry, "ModelRegistry__NoStudy", [2n]);
		const year = 365 * 24 * 3600;
		for (const name of ["submission", "checking", "attestation"] as const) {
			for (const value of [0, year + 1]) {
				await errorWith(
					openRound([1n, committee, { ...DURATIONS, [name]: value }]),
					roundManager,
					"RoundManager__Duration",
					[BigInt(value), 1n, BigInt(year)],
				);
			}
		}
		await openRound([1n, committee, { submission: year, checking: 1, attestation: 1 }]);
		await errorWith(openRound([1n, committee, DURATIONS]), roundManager, "RoundManager__RoundActive", [1n, 1n]);
	});

	it("refuses a committee of another size, with strangers, without keys, or with anyone twice", async () => {
		const { roundManager, hospitalRegistry, committee, stranger, others } = await loadFixture(deployConsortium);
		const [first, second, third] = committee as [Address, Address, Address];
		const open = (members: readonly Address[]) => roundManager.write.openRound([1n, members, DURATIONS]);
		const outsider = stranger.account.address;
		await errorWith(open([first, second]), roundManager, "RoundManager__CommitteeSize", [2n, 3n]);
		await errorWith(open([...committee, outsider]), roundManager, "RoundManager__CommitteeSize", [4n, 3n]);
		await errorWith(open([first, outsider, third]), roundManager, "RoundManager__NotAdmittedMember", [outsider]);
		await hospitalRegistry.write.admitMember([outsider]);
		await errorWith(open([first, outsider, third]), roundManager, "RoundManager__NoShareKey", [outsider]);
		await errorWith(open([first, second, first]), roundManager, "RoundManager__DuplicateMember", [first]);
		const { account } = walletAt(others, 6);
		await hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(1004n)), { account });
		await open([second, outsider, third]);
	});

	it("refuses a round that could never be frozen", async () => {
		const { roundManager, hospitalRegistry, committee, hospitals } = await loadFixture(deployConsortium);
		await hospitalRegistry.write.removeHospital([walletAt(hospitals, 2).account.address]);
		await errorWith(
			roundManager.write.openRound([1n, committee, DURATIONS]),
			roundManager,
			"RoundManager__TooFewHospitals",
			[2n, 3n],
		);
	});

	it("opens rounds of two studies at the same time", async () => {
		const { roundManager, modelRegistry, hospitalRegistry, study, committee, hospitals } =
			await loadFixture(deployOpenRound);
		await modelRegistry.write.createStudy([{ ...study, nameHash: digest("second") }, 5n, digest("second model")]);
		for (const { account } of hospitals) await hospitalRegistry.write.commitDataset([2n, 1n, 8, 1], { account });
		await roundManager.write.openRound([2n, committee, DURATIONS]);
		assert.equal(await roundManager.read.activeRound([1n]), 1n);
		assert.equal(await roundManager.read.activeRound([2n]), 2n);
		assert.equal((await roundManager.read.roundOf([2n])).baseModelId, 2n);
	});

	it("is never built without its registries", async () => {
		const { owner, modelRegistry, poseidonT4, roundManager } = await loadFixture(deployAll);
		const zero = `0x${"00".repeat(20)}` as const;
		const { viem } = connection;
		const libraries = { PoseidonT4: poseidonT4 };
		for (const registries of [
			[modelRegistry.address, zero],
			[zero, modelRegistry.address],
		]) {
			const deploying = viem.deployContract("RoundManager", [owner.account.address, ...registries] as never, {
				libraries,
			});
			await errorWith(deploying as never, roundManager, "RoundManager__ZeroAddress", []);
		}
	});
});
