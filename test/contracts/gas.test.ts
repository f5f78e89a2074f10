import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { bytesToHex, type Hex, sha256 } from "viem";
import { arbitraryBundle, bundleParts, flipBit } from "../support/contracts/bundles.ts";
import {
	type Consortium,
	confirmAll,
	DURATIONS,
	deployOpenRound,
	fakeProof,
	type Setting,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";
import {
	deployProvenRound,
	keySumStatement,
	proveKeySum,
	provenUpdateArgs,
	submitProven,
} from "../support/contracts/provenRound.ts";
import { MODEL } from "../support/contracts/roundActions.ts";
import { measureVerifiers } from "../support/contracts/verifierGas.ts";
import snapshot from "./gas.json" with { type: "json" };

const MOST_CHALLENGE = 1_500_000n;
const MOST_SUBMISSION = 800_000n;

describe("gas", () => {
	const measured: Record<string, number> = {};
	const gasOf = async ({ publicClient }: Pick<Consortium, "publicClient">, hash: Hex): Promise<bigint> =>
		(await publicClient.getTransactionReceipt({ hash })).gasUsed;
	/**
	 * Compares with the snapshot. Call data is never a matter of chance: each test has a chain, and so addresses, of its own, and proofs and
	 * values have no zero byte.
	 */
	const same = (what: string, gas: bigint): void => {
		measured[what] = Number(gas);
		if (process.env.GAS_SNAPSHOT === "write") return;
		const expected = (snapshot as Readonly<Record<string, number>>)[what];
		assert.equal(Number(gas), expected, `${what}: run this test with GAS_SNAPSHOT=write when the change is meant`);
	};

	it("of a round with the default study's sizes: 4 training proofs and an encryption proof an update", async () => {
		const consortium = await deployProvenRound(await network.create(), [4, 4, 4]);
		const { roundManager, hospitals, members } = consortium;
		for (const [index, { account }] of hospitals.entries()) {
			const args = await provenUpdateArgs(consortium, index);
			const gas = await gasOf(consortium, await roundManager.write.submitUpdate(args, { account }));
			assert.ok(gas <= MOST_SUBMISSION, `${gas} gas`);
			if (index !== 1) same(`submitUpdate, 4 training proofs${index === 2 ? ", closing" : ""}`, gas);
		}
		const updates = [];
		for (const [position, { hospital }] of (await roundManager.read.acceptedOf([1n])).entries()) {
			updates.push({ position, bundleDigest: (await roundManager.read.updateOf([1n, hospital])).bundleDigest });
		}
		for (const [index, what] of ["first of 3 updates", "making 3 updates available"].entries()) {
			const { account } = walletAt(members, index);
			const hash = await roundManager.write.confirmAvailability([1n, updates], { account });
			same(`confirmAvailability, ${what}`, await gasOf(consortium, hash));
		}
		same("freeze, 3 updates", await gasOf(consortium, await roundManager.write.freeze([1n])));
		for (const [index, what] of ["first", "opening", "further"].entries()) {
			const args = await proveKeySum(consortium, await keySumStatement(consortium, index));
			const hash = await roundManager.write.postKeySum(args, { account: walletAt(members, index).account });
			same(`postKeySum, 3 updates, ${what}`, await gasOf(consortium, hash));
		}
		for (const [index, what] of ["first", "finalizing"].entries()) {
			const hash = await roundManager.write.attest([1n, ...MODEL], { account: walletAt(members, index).account });
			same(`attest, ${what}`, await gasOf(consortium, hash));
		}
		const opening = await roundManager.write.openRound([1n, consortium.committee, DURATIONS]);
		// The counter of rounds and the study's active round are not written for the first time.
		same("openRound, 3 members", await gasOf(consortium, opening));
	});

	it("of updates with 1 to 12 training proofs, and of key sums over more updates", async () => {
		const segments = [1, 2, 8, 12, 1, 1, 1, 1, 1];
		const consortium = await deployProvenRound(await network.create(), segments);
		const { roundManager, hospitals, members } = consortium;
		for (const [index, count] of segments.slice(0, 4).entries()) {
			const args = await provenUpdateArgs(consortium, index);
			const hash = await roundManager.write.submitUpdate(args, { account: walletAt(hospitals, index).account });
			same(`submitUpdate, ${count} training proofs`, await gasOf(consortium, hash));
		}
		await submitProven(consortium, 1n, 4);
		await confirmAll(consortium);
		await roundManager.write.freeze([1n]);
		const args = await proveKeySum(consortium, await keySumStatement(consortium, 0));
		const hash = await roundManager.write.postKeySum(args, { account: walletAt(members, 0).account });
		same("postKeySum, 9 updates in 3 proofs", await gasOf(consortium, hash));
	});

	const shapes: readonly (readonly [string, Setting["study"] & object, boolean])[] = [
		["3 members, 73 weights", { weightCount: 73 }, true],
		["7 members, 73 weights", { members: 7, threshold: 4, weightCount: 73 }, true],
		["3 members, 2048 weights", { weightCount: 2048 }, true],
		// The call data alone costs more: 40 gas a byte (EIP-7623).
		["7 members, 2048 weights", { members: 7, threshold: 4, weightCount: 2048 }, false],
	];
	for (const [what, study, bounded] of shapes) {
		it(`of challenges: ${what}`, async () => {
			const members = Number(study.members ?? 3);
			const connection = await network.create();
			const { assertions } = connection.viem;
			const consortium = await deployOpenRound(connection, {
				study,
				shareKeys: Array.from({ length: members }, (_, index) => BigInt(index + 21)),
			});
			const { roundManager, hospitals, publicClient } = consortium;
			const shape = { members, threshold: Number(study.threshold ?? 2), weightCount: Number(study.weightCount) };
			const parts = bundleParts(shape);
			// What each hospital publishes instead of what it proved.
			const cheats = [
				(bytes: Uint8Array) => bytes,
				(bytes: Uint8Array) => flipBit(bytes, parts.coefficients),
				(bytes: Uint8Array) => flipBit(bytes, parts.shares + 31),
			];
			const bundles: { bytes: Uint8Array; evaluation: ReturnType<typeof arbitraryBundle>["evaluation"] }[] = [];
			for (const [index, cheat] of cheats.entries()) {
				const { account } = walletAt(hospitals, index);
				const context = await roundManager.read.contextOf([1n, account.address]);
				const { bytes, evaluation } = arbitraryBundle(context, shape);
				const published = cheat(bytes);
				bundles.push({ bytes: published, evaluation });
				const encryption = { proof: fakeProof(index), ...evaluation, shareDigest: 5n };
				const [, , segments] = updateArgs(index);
				await roundManager.write.submitUpdate([1n, sha256(published), segments, encryption], { account });
			}
			const request = (index: number) => {
				const { bytes, evaluation } = bundles[index] as (typeof bundles)[number];
				const { address } = walletAt(hospitals, index).account;
				return [1n, address, bytesToHex(bytes), evaluation] as const;
			};
			for (const [index, part] of [
				[1, "ciphertext"],
				[2, "shares"],
			] as const) {
				const gas = await gasOf(consortium, await roundManager.write.challengeUpdate(request(index)));
				assert.equal(gas <= MOST_CHALLENGE, bounded, `${gas} gas`);
				same(`challengeUpdate, ${what}, ${part}`, gas);
			}
			// Against an honest bundle it reverts, for as much.
			const account = walletAt(hospitals, 1).account;
			await assertions.revertWithCustomError(
				roundManager.write.challengeUpdate(request(0), { account, gas: 3_000_000n }),
				roundManager,
				"RoundManager__UpdateConsistent",
			);
			const { transactions } = await publicClient.getBlock();
			assert.equal(transactions.length, 1);
			same(`challengeUpdate, ${what}, in vain`, await gasOf(consortium, transactions[0] ?? "0x"));
		});
	}

	it("of verifying proofs in one batch, and one by one with snarkjs' verifiers", async () => {
		const rows = await measureVerifiers(await network.create(), [1, 2, 3, 4, 5, 6, 7, 8, 16, 48]);
		for (const { segments, batch, oneByOne } of rows) {
			same(`verifyUpdate, ${segments} training proofs and an encryption proof`, batch);
			same(`snarkjs, ${segments} training proofs and an encryption proof one by one`, oneByOne);
			assert.ok(batch < oneByOne);
		}
	});

	it("is what the snapshot says, and no more is in it", () => {
		if (process.env.GAS_SNAPSHOT === "write") {
			writeFileSync(join(import.meta.dirname, "gas.json"), `${JSON.stringify(measured, null, 2)}\n`);
			return;
		}
		assert.deepEqual(Object.keys(snapshot).sort(), Object.keys(measured).sort());
	});
});
