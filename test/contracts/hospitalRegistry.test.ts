import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { babyjubjub } from "@noble/curves/misc.js";
import { network } from "hardhat";
import { zeroAddress } from "viem";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { standardProfile } from "../../worker/protocol/profiles.ts";
import { deployConsortium, digest, INITIAL_MODEL, STUDY, walletAt } from "../support/contracts/deploy.ts";
import { registerShareKeyArgs, testShareKey } from "../support/contracts/shareKeys.ts";

describe("HospitalRegistry", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const fixture = () => connection.networkHelpers.loadFixture(deployConsortium);
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	describe("admission", () => {
		it("is the owner's alone", async () => {
			const { hospitalRegistry, stranger, hospitals, members } = await fixture();
			const { account } = stranger;
			const hospital = walletAt(hospitals, 0).account.address;
			const member = walletAt(members, 0).account.address;
			for (const call of [
				hospitalRegistry.write.admitHospital([account.address], { account }),
				hospitalRegistry.write.removeHospital([hospital], { account }),
				hospitalRegistry.write.readmitHospital([hospital], { account }),
				hospitalRegistry.write.admitMember([account.address], { account }),
				hospitalRegistry.write.removeMember([member], { account }),
				hospitalRegistry.write.setRoundManager([account.address], { account }),
			]) {
				await errorWith(call, hospitalRegistry, "OwnableUnauthorizedAccount", [account.address]);
			}
		});

		it("moves to another owner in two steps", async () => {
			const { hospitalRegistry, owner, stranger } = await fixture();
			const { account } = stranger;
			await hospitalRegistry.write.transferOwnership([account.address]);
			const before = await hospitalRegistry.read.owner();
			assert.equal(before.toLowerCase(), owner.account.address);
			await hospitalRegistry.write.acceptOwnership({ account });
			await hospitalRegistry.write.admitHospital([account.address], { account });
		});

		it("admits and removes hospitals and members", async () => {
			const { hospitalRegistry, stranger } = await fixture();
			const { address } = stranger.account;
			await assertions.emitWithArgs(
				hospitalRegistry.write.admitHospital([address]),
				hospitalRegistry,
				"HospitalAdmitted",
				[(actual: string) => actual.toLowerCase() === address],
			);
			assert.equal(await hospitalRegistry.read.isHospital([address]), true);
			await hospitalRegistry.write.removeHospital([address]);
			assert.equal(await hospitalRegistry.read.isHospital([address]), false);
			await hospitalRegistry.write.admitMember([address]);
			assert.equal(await hospitalRegistry.read.isMember([address]), true);
			await hospitalRegistry.write.removeMember([address]);
			assert.equal(await hospitalRegistry.read.isMember([address]), false);
		});

		it("refuses zero addresses, repetitions and strangers", async () => {
			const { hospitalRegistry, hospitals, members, stranger } = await fixture();
			const hospital = hospitals[0]?.account.address ?? zeroAddress;
			const member = members[0]?.account.address ?? zeroAddress;
			const { address } = stranger.account;
			const { admitHospital, removeHospital, readmitHospital, admitMember, removeMember } = hospitalRegistry.write;
			await errorWith(admitHospital([zeroAddress]), hospitalRegistry, "HospitalRegistry__ZeroAddress", []);
			await errorWith(admitMember([zeroAddress]), hospitalRegistry, "HospitalRegistry__ZeroAddress", []);
			await errorWith(admitHospital([hospital]), hospitalRegistry, "HospitalRegistry__AlreadyHospital", [hospital]);
			await errorWith(removeHospital([address]), hospitalRegistry, "HospitalRegistry__NotHospital", [address]);
			await errorWith(readmitHospital([hospital]), hospitalRegistry, "HospitalRegistry__NotBarred", [hospital]);
			await errorWith(admitMember([member]), hospitalRegistry, "HospitalRegistry__AlreadyMember", [member]);
			await errorWith(removeMember([address]), hospitalRegistry, "HospitalRegistry__NotMember", [address]);
		});

		it("ends the data set commitments of a removed hospital", async () => {
			const { hospitalRegistry, hospitals } = await fixture();
			const { account } = walletAt(hospitals, 1);
			assert.equal(await hospitalRegistry.read.committedHospitals([1n]), 3n);
			await hospitalRegistry.write.removeHospital([account.address]);
			await hospitalRegistry.write.admitHospital([account.address]);
			assert.equal(await hospitalRegistry.read.committedHospitals([1n]), 2n);
			const dataset = await hospitalRegistry.read.datasetOf([1n, account.address]);
			assert.deepEqual(dataset, { root: 0n, sampleCount: 0, batchCount: 0, registeredAt: 0n });
			await hospitalRegistry.write.commitDataset([1n, 5n, 8, 1], { account });
			assert.equal(await hospitalRegistry.read.committedHospitals([1n]), 3n);
		});
	});

	describe("removal", () => {
		/** Gas of a removal with data sets in `count` studies, all of which it ends. */
		const gasOfRemoval = async (count: number): Promise<bigint> => {
			const { hospitalRegistry, modelRegistry, hospitals, study, publicClient } = await fixture();
			const { account } = walletAt(hospitals, 0);
			for (let id = 2; id <= count; id++) {
				const another = { ...study, nameHash: digest(`study ${id}`) };
				await modelRegistry.write.createStudy([another, INITIAL_MODEL.commitment, INITIAL_MODEL.digest]);
				await hospitalRegistry.write.commitDataset([BigInt(id), 5n, 8, 1], { account });
			}
			const hash = await hospitalRegistry.write.removeHospital([account.address]);
			for (let id = 1; id <= count; id++) {
				assert.equal((await hospitalRegistry.read.datasetOf([BigInt(id), account.address])).registeredAt, 0n);
				assert.equal(await hospitalRegistry.read.committedHospitals([BigInt(id)]), id === 1 ? 2n : 0n);
			}
			return (await publicClient.getTransactionReceipt({ hash })).gasUsed;
		};

		it("costs the same in 20 studies as in one", async () => {
			const one = await gasOfRemoval(1);
			assert.equal(await gasOfRemoval(20), one);
			assert.ok(one < 100_000n);
		});

		it("leaves the counts right over more than 256 admissions", async () => {
			const { hospitalRegistry, hospitals } = await fixture();
			const { account } = walletAt(hospitals, 0);
			for (let times = 0; times < 260; times++) {
				await hospitalRegistry.write.removeHospital([account.address]);
				await hospitalRegistry.write.admitHospital([account.address]);
			}
			assert.equal(await hospitalRegistry.read.committedHospitals([1n]), 2n);
			await hospitalRegistry.write.commitDataset([1n, 5n, 8, 1], { account });
			assert.equal(await hospitalRegistry.read.committedHospitals([1n]), 3n);
		});
	});

	describe("round manager", () => {
		it("is set once", async () => {
			const { hospitalRegistry, roundManager, stranger } = await fixture();
			const { write } = hospitalRegistry;
			await errorWith(write.setRoundManager([zeroAddress]), hospitalRegistry, "HospitalRegistry__ZeroAddress", []);
			await errorWith(
				write.setRoundManager([stranger.account.address]),
				hospitalRegistry,
				"HospitalRegistry__RoundManagerAlreadySet",
				[roundManager.address],
			);
		});

		it("alone bars hospitals", async () => {
			const { hospitalRegistry, owner, hospitals } = await fixture();
			await errorWith(
				hospitalRegistry.write.barHospital([walletAt(hospitals, 0).account.address]),
				hospitalRegistry,
				"HospitalRegistry__NotRoundManager",
				[owner.account.address],
			);
		});
	});

	describe("share keys", () => {
		it("are registered, replaced, and end with the member's admission", async () => {
			const { hospitalRegistry, members } = await fixture();
			const { account } = walletAt(members, 0);
			const key = testShareKey(77n);
			await assertions.emitWithArgs(
				hospitalRegistry.write.registerShareKey(registerShareKeyArgs(key), { account }),
				hospitalRegistry,
				"ShareKeyRegistered",
				[(actual: string) => actual.toLowerCase() === account.address, key.x, key.y],
			);
			assert.deepEqual(await hospitalRegistry.read.shareKeyOf([account.address]), { x: key.x, y: key.y });
			await hospitalRegistry.write.removeMember([account.address]);
			await hospitalRegistry.write.admitMember([account.address]);
			assert.deepEqual(await hospitalRegistry.read.shareKeyOf([account.address]), { x: 0n, y: 0n });
		});

		it("accepts the keys of many secrets, the largest included", async () => {
			const { hospitalRegistry, members } = await fixture();
			const { account } = walletAt(members, 0);
			const order = babyjubjub.Point.Fn.ORDER;
			for (const secret of [1n, 2n, 8n, 0x1234_5678_9abc_def0n, order >> 1n, order - 1n]) {
				const key = testShareKey(secret);
				await hospitalRegistry.write.registerShareKey(registerShareKeyArgs(key), { account });
				assert.deepEqual(await hospitalRegistry.read.shareKeyOf([account.address]), { x: key.x, y: key.y });
			}
		});

		it("are refused while another admitted member has them", async () => {
			const { hospitalRegistry, members } = await fixture();
			const [first, second] = [walletAt(members, 0).account, walletAt(members, 1).account];
			const register = (secret: bigint, account: typeof first) =>
				hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(secret)), { account });
			const taken = async (secret: bigint, account: typeof first, holder: typeof first) => {
				const { x, y } = testShareKey(secret);
				const isHolder = (actual: string) => actual.toLowerCase() === holder.address;
				await errorWith(register(secret, account), hospitalRegistry, "HospitalRegistry__ShareKeyTaken", [
					isHolder,
					x,
					y,
				]);
			};
			await register(77n, first);
			await taken(77n, second, first);
			// Its holder may register it again, which does not free it.
			await register(77n, first);
			await taken(77n, second, first);
			// Replaced, it is free; so is that of a removed member, and only the one it had last.
			await register(78n, first);
			await register(77n, second);
			await taken(77n, first, second);
			await hospitalRegistry.write.removeMember([first.address]);
			await register(78n, second);
			await hospitalRegistry.write.admitMember([first.address]);
			await taken(78n, first, second);
			await hospitalRegistry.write.removeMember([first.address]);
			await hospitalRegistry.write.admitMember([first.address]);
			await taken(78n, first, second);
			await register(77n, first);
		});

		it("are refused from others than members", async () => {
			const { hospitalRegistry, stranger } = await fixture();
			const { account } = stranger;
			await errorWith(
				hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(1n)), { account }),
				hospitalRegistry,
				"HospitalRegistry__NotMember",
				[account.address],
			);
		});

		it("are refused off the curve, out of the field, outside the subgroup, and as the identity", async () => {
			const { hospitalRegistry, members } = await fixture();
			const { account } = walletAt(members, 0);
			const register = (x: bigint, y: bigint, qx: bigint, qy: bigint) =>
				hospitalRegistry.write.registerShareKey([x, y, qx, qy], { account });
			const { x, y, qx, qy } = testShareKey(9n);
			const r = FIELD_ORDER;
			const refused = async (call: Promise<unknown>, name: Parameters<typeof errorWith>[2], args: bigint[]) =>
				errorWith(call as never, hospitalRegistry, name as never, args as never);
			await refused(register(x + r, y, qx, qy), "HospitalRegistry__NotFieldElement", [x + r]);
			await refused(register(x, y + r, qx, qy), "HospitalRegistry__NotFieldElement", [y + r]);
			await refused(register(x, y, qx + 1n, qy), "HospitalRegistry__PointNotOnCurve", [qx + 1n, qy]);
			await refused(register(x, y, qx + r, qy), "HospitalRegistry__PointNotOnCurve", [qx + r, qy]);
			await refused(register(0n, 0n, 0n, 0n), "HospitalRegistry__PointNotOnCurve", [0n, 0n]);
			// Another point of the subgroup, the negative, and 8 Q plus the point of order two, which is on the curve too.
			const other = testShareKey(10n);
			await refused(register(other.x, other.y, qx, qy), "HospitalRegistry__KeyNotEightQ", [other.x, other.y]);
			await refused(register(r - x, y, qx, qy), "HospitalRegistry__KeyNotEightQ", [r - x, y]);
			await refused(register(r - x, r - y, qx, qy), "HospitalRegistry__KeyNotEightQ", [r - x, r - y]);
			// (0, -1) has order two, so eight times it is the identity.
			await refused(register(0n, 1n, 0n, r - 1n), "HospitalRegistry__KeyIsIdentity", []);
			await refused(register(0n, r - 1n, 0n, r - 1n), "HospitalRegistry__KeyNotEightQ", [0n, r - 1n]);
		});
	});

	describe("data sets", () => {
		it("are committed and replaced, with the block of the last commitment", async () => {
			const { hospitalRegistry, hospitals, publicClient } = await fixture();
			const { account } = walletAt(hospitals, 0);
			const block = (await publicClient.getBlockNumber()) + 1n;
			await assertions.emitWithArgs(
				hospitalRegistry.write.commitDataset([1n, 5n, 16, 2], { account }),
				hospitalRegistry,
				"DatasetCommitted",
				[1n, (actual: string) => actual.toLowerCase() === account.address, 5n, 16, 2, block],
			);
			const dataset = await hospitalRegistry.read.datasetOf([1n, account.address]);
			assert.deepEqual(dataset, { root: 5n, sampleCount: 16, batchCount: 2, registeredAt: block });
			assert.equal(await hospitalRegistry.read.committedHospitals([1n]), 3n);
		});

		it("fill the tree and no more", async () => {
			const { hospitalRegistry, hospitals } = await fixture();
			const { account } = walletAt(hospitals, 0);
			const most = 2 ** STUDY.datasetDepth;
			await hospitalRegistry.write.commitDataset([1n, 5n, most * 8, most], { account });
			for (const batchCount of [0, most + 1]) {
				await errorWith(
					hospitalRegistry.write.commitDataset([1n, 5n, batchCount * 8, batchCount], { account }),
					hospitalRegistry,
					"HospitalRegistry__BatchCount",
					[BigInt(batchCount), BigInt(most)],
				);
			}
		});

		it("are refused with a wrong sample count, a root outside the field, an unknown study, or from a stranger", async () => {
			const { hospitalRegistry, modelRegistry, hospitals, stranger } = await fixture();
			const { account } = walletAt(hospitals, 0);
			const { commitDataset } = hospitalRegistry.write;
			for (const sampleCount of [15, 17, 0]) {
				await errorWith(
					commitDataset([1n, 5n, sampleCount, 2], { account }),
					hospitalRegistry,
					"HospitalRegistry__SampleCount",
					[BigInt(sampleCount), 16n],
				);
			}
			await errorWith(
				commitDataset([1n, FIELD_ORDER, 16, 2], { account }),
				hospitalRegistry,
				"HospitalRegistry__NotFieldElement",
				[FIELD_ORDER],
			);
			await errorWith(commitDataset([2n, 5n, 16, 2], { account }), modelRegistry, "ModelRegistry__NoStudy", [2n]);
			await errorWith(
				commitDataset([1n, 5n, 16, 2], { account: stranger.account }),
				hospitalRegistry,
				"HospitalRegistry__NotHospital",
				[stranger.account.address],
			);
		});

		it("are refused below the study's floor of samples and of batches", async () => {
			const { hospitalRegistry, modelRegistry, hospitals, study } = await fixture();
			const { account } = walletAt(hospitals, 0);
			const floors = { minSamples: 32, minBatches: 1, nameHash: digest("samples") };
			await modelRegistry.write.createStudy([{ ...study, ...floors }, 1n, digest("model")]);
			const many = { minSamples: 1, minBatches: 4, batchSize: 16, nameHash: digest("batches") };
			await modelRegistry.write.createStudy([{ ...study, ...many }, 1n, digest("model")]);
			const { commitDataset } = hospitalRegistry.write;
			const few = commitDataset([2n, 5n, 24, 3], { account });
			await errorWith(few, hospitalRegistry, "HospitalRegistry__TooFewSamples", [24n, 32n]);
			const large = commitDataset([3n, 5n, 48, 3], { account });
			await errorWith(large, hospitalRegistry, "HospitalRegistry__TooFewBatches", [3n, 4n]);
			await commitDataset([2n, 5n, 32, 4], { account });
			await commitDataset([3n, 5n, 64, 4], { account });
			assert.equal(await hospitalRegistry.read.committedHospitals([3n]), 1n);
		});

		it("are refused when they alone exceed a round's samples", async () => {
			const { hospitalRegistry, modelRegistry, hospitals, study } = await fixture();
			const { account } = walletAt(hospitals, 0);
			const large = {
				...study,
				nameHash: digest("large"),
				batchSize: 32,
				datasetDepth: 11,
				stepsPerSegment: 64,
				epochs: 1,
			};
			await modelRegistry.write.createStudy([large, INITIAL_MODEL.commitment, INITIAL_MODEL.digest]);
			const most = standardProfile.maxSampleSum;
			await hospitalRegistry.write.commitDataset([2n, 5n, most, most / 32], { account });
			await errorWith(
				hospitalRegistry.write.commitDataset([2n, 5n, most + 32, most / 32 + 1], { account }),
				hospitalRegistry,
				"HospitalRegistry__TooManySamples",
				[BigInt(most + 32), BigInt(most)],
			);
		});
	});
});
