/** The events are the audit's only source: state rebuilt from them alone equals the state that the contracts answer with. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Address, getAddress } from "viem";
import { auditTiming } from "../../worker/core/audit/auditTiming.ts";
import { replay } from "../../worker/core/audit/replay/replay.ts";
import { sameModel } from "../../worker/core/audit/replay/state.ts";
import { decodeEvent, type RawLog } from "../../worker/core/ledger/events.ts";
import { foldEvents } from "../../worker/core/ledger/fold.ts";
import {
	activeRound,
	currentModel,
	FAILURE_REASONS,
	isAvailable,
	type RoundRecord,
} from "../../worker/core/ledger/state.ts";
import { CLOSING_DELAY } from "../../worker/protocol/durations.ts";
import {
	BATCH_COUNTS,
	type Consortium,
	confirmAll,
	DURATIONS,
	datasetRoot,
	deployConsortium,
	digest,
	keySumArgs,
	signalsHash,
	submitUpdates,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";
import { registerShareKeyArgs, testShareKey } from "../support/contracts/shareKeys.ts";

const PHASES = ["None", "Open", "Frozen", "Opened", "Finalized", "Failed"] as const;
const MODEL = [99n, digest("new model")] as const;
const SECOND = [98n, digest("second model")] as const;

/** When the round became what it is after its freeze, by the block of the event that made it so. */
const enteredAt = async ({ publicClient }: Consortium, { frozen, membersOnlyUntil, opening }: RoundRecord) => {
	if (membersOnlyUntil !== undefined) return Number(membersOnlyUntil) - opening.attestationDuration;
	if (frozen === undefined) return 0;
	return Number((await publicClient.getBlock({ blockNumber: frozen.place.blockNumber })).timestamp);
};

const readLedger = async ({ publicClient, hospitalRegistry, modelRegistry, roundManager }: Consortium) => {
	const deployment = {
		hospitalRegistry: hospitalRegistry.address,
		modelRegistry: modelRegistry.address,
		roundManager: roundManager.address,
	};
	const logs = await publicClient.getLogs({ address: Object.values(deployment), fromBlock: 0n });
	const events = logs.flatMap((log) => decodeEvent(log as RawLog, deployment) ?? []);
	// The audit's rules accept every event of the true contracts.
	const { violations, rounds } = replay(events, deployment);
	assert.deepEqual(violations, []);
	const getHeader = async (blockNumber: bigint) => {
		const { timestamp, parentHash, mixHash } = await publicClient.getBlock({ blockNumber });
		return { timestamp, parentHash, prevRandao: mixHash };
	};
	for (const round of rounds.values()) {
		for await (const { status, detail } of auditTiming({ getHeader, chainId: 31337 }, round))
			assert.equal(status, "ok", detail);
	}
	return foldEvents(events);
};

describe("events", async () => {
	const connection = await network.create();
	const { loadFixture, time } = connection.networkHelpers;

	const assertLedgerEqualsState = async (consortium: Consortium) => {
		const { hospitalRegistry, modelRegistry, roundManager, hospitals, members, stranger } = consortium;
		const ledger = await readLedger(consortium);
		const accounts = [...hospitals, ...members, stranger].map(({ account }) => getAddress(account.address));
		for (const account of accounts) {
			assert.equal(ledger.hospitals.has(account), await hospitalRegistry.read.isHospital([account]));
			assert.equal(ledger.barred.has(account), await hospitalRegistry.read.isBarred([account]));
			assert.equal(ledger.members.has(account), await hospitalRegistry.read.isMember([account]));
			const key = ledger.members.get(account) ?? { x: 0n, y: 0n };
			assert.deepEqual(key, await hospitalRegistry.read.shareKeyOf([account]));
		}
		assert.equal(BigInt(ledger.studies.size), await modelRegistry.read.studyCount());
		for (const [studyId, { studyId: _, nameHash, ...study }] of ledger.studies) {
			assert.deepEqual(study, await modelRegistry.read.studyOf([studyId]));
			assert.equal(await modelRegistry.read.studyIdOf([nameHash]), studyId);
			const datasets = ledger.datasets.get(studyId);
			assert.equal(BigInt(datasets?.size ?? 0), await hospitalRegistry.read.committedHospitals([studyId]));
			for (const account of accounts) {
				const none = { root: 0n, sampleCount: 0, batchCount: 0, registeredAt: 0n };
				assert.deepEqual(datasets?.get(account) ?? none, await hospitalRegistry.read.datasetOf([studyId, account]));
			}
			assert.equal(currentModel(ledger, studyId)?.modelId, await modelRegistry.read.currentModel([studyId]));
			assert.equal(activeRound(ledger, studyId)?.roundId ?? 0n, await roundManager.read.activeRound([studyId]));
			assert.equal(ledger.closedStudies.has(studyId), await roundManager.read.isClosed([studyId]));
		}
		assert.equal(BigInt(ledger.models.size), await modelRegistry.read.modelCount());
		for (const [modelId, { place: _, modelId: __, ...model }] of ledger.models) {
			assert.deepEqual(model, await modelRegistry.read.modelOf([modelId]));
		}
		assert.equal(BigInt(ledger.rounds.size), await roundManager.read.roundCount());
		for (const [roundId, round] of ledger.rounds) {
			const { opening, updates } = round;
			const { parameters } = ledger.studies.get(round.studyId) ?? assert.fail("a round of no study");
			assert.deepEqual(await roundManager.read.roundOf([roundId]), {
				studyId: round.studyId,
				baseModelId: round.baseModelId,
				openedAtBlock: opening.openedAtBlock,
				deadline: round.deadline,
				checkingDuration: opening.checkingDuration,
				beacon: opening.beacon,
				attestationDuration: opening.attestationDuration,
				sampleSum: updates.reduce((total, { sampleCount }) => total + sampleCount, 0),
				phase: PHASES.indexOf(round.phase),
				failureReason: FAILURE_REASONS.indexOf(round.failure ?? "None"),
				acceptedCount: updates.length + round.removed.length + round.excluded.length,
				updateCount: updates.length,
				availableCount: updates.filter((update) => isAvailable(update, parameters)).length,
				expectedUpdates: opening.expectedUpdates - round.removed.length,
				keySumCount: round.keySums.length,
				members: parameters.members,
				threshold: parameters.threshold,
				minUpdates: parameters.minUpdates,
				enteredAt: await enteredAt(consortium, round),
				baseCommitment: opening.baseCommitment,
				committeeKeysDigest: opening.committeeKeysDigest,
				frozenSetDigest: round.frozen?.frozenSetDigest ?? `0x${"00".repeat(32)}`,
			});
			assert.deepEqual(
				updates.map(({ hospital }) => hospital),
				await roundManager.read.hospitalsOf([roundId]),
			);
			for (const { hospital, bundleDigest, context, segments, weightsCommitment, encryption } of updates) {
				const evaluationHash = signalsHash([encryption.gamma, encryption.y, encryption.y2]);
				const { shareDigest } = encryption;
				const stored = await roundManager.read.updateOf([roundId, hospital]);
				assert.deepEqual(stored, { bundleDigest, evaluationHash, shareDigest });
				assert.equal(await roundManager.read.contextOf([roundId, hospital]), context);
				assert.equal(segments.at(-1)?.commitmentOut, weightsCommitment);
			}
			const accepted = await roundManager.read.acceptedOf([roundId]);
			assert.deepEqual(
				updates.map(({ hospital, position, sampleCount, confirmedBy }) => ({
					hospital,
					position,
					sampleCount,
					confirmations: confirmedBy.reduce((bits, member) => bits | (1 << opening.committee.indexOf(member)), 0),
				})),
				accepted.flatMap(({ hospital, sampleCount, confirmations, removed }, position) => {
					const isOut = removed || round.excluded.some((excluded) => excluded === hospital);
					return isOut ? [] : [{ hospital, position, sampleCount, confirmations }];
				}),
			);
			const has = (entries: readonly { readonly member: Address }[], account: Address) =>
				entries.some(({ member }) => member === account);
			for (const account of accounts) {
				assert.deepEqual(await roundManager.read.seatOf([roundId, account]), {
					index: opening.committee.indexOf(account) + 1,
					postedKeySum: has(round.keySums, account),
					attested: has(round.attestations, account),
				});
			}
			for (const attested of [...round.attestations, ...round.hospitalAttestations]) {
				const equal = [round.attestations, round.hospitalAttestations].map((all) =>
					BigInt(all.filter((other) => sameModel(other, attested)).length),
				);
				const { modelCommitment, modelDigest } = attested;
				const counted = await roundManager.read.attestationsOf([roundId, modelCommitment, modelDigest]);
				assert.deepEqual(counted, equal);
			}
			for (const account of accounts) {
				const attested = round.hospitalAttestations.some(({ hospital }) => hospital === account);
				assert.equal(await roundManager.read.hasAttested([roundId, account]), attested);
			}
		}
		return ledger;
	};

	it("rebuild the state after every step of a long history", async () => {
		const consortium = await loadFixture(deployConsortium);
		const { hospitalRegistry, roundManager, hospitals, members, committee, stranger } = consortium;
		const postKeySum = async (index: number, roundId = 1n) => {
			const { account } = walletAt(members, index);
			return roundManager.write.postKeySum(await keySumArgs(consortium, index, roundId), { account });
		};
		/** A member confirms the update that came last. */
		const confirmLast = async (roundId: bigint, index: number) => {
			const accepted = await roundManager.read.acceptedOf([roundId]);
			const position = accepted.length - 1;
			const { bundleDigest } = await roundManager.read.updateOf([roundId, accepted[position]?.hospital ?? "0x"]);
			const { account } = walletAt(members, index);
			return roundManager.write.confirmAvailability([roundId, [{ position, bundleDigest }]], { account });
		};
		const datasetArgs = [datasetRoot(0), 8 * (BATCH_COUNTS[0] ?? 0), BATCH_COUNTS[0] ?? 0] as const;
		await assertLedgerEqualsState(consortium);
		const steps: readonly (() => Promise<unknown>)[] = [
			() => roundManager.write.openRound([1n, committee, DURATIONS]),
			() => submitUpdates(consortium, 3),
			() => confirmAll(consortium, [2]),
			() => confirmAll(consortium, [0]),
			() => roundManager.write.freeze([1n]),
			() => postKeySum(1),
			() => postKeySum(2),
			() => roundManager.write.attest([1n, 7n, digest("lie")], { account: walletAt(members, 2).account }),
			() => roundManager.write.attest([1n, ...MODEL], { account: walletAt(members, 0).account }),
			() => roundManager.write.attest([1n, ...MODEL], { account: walletAt(members, 1).account }),
			() =>
				hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(8n)), {
					account: walletAt(members, 0).account,
				}),
			() => roundManager.write.openRound([1n, [...committee].reverse(), DURATIONS]),
			() => submitUpdates(consortium, 1, 2n),
			() => time.increase(DURATIONS.submission + 1),
			() => confirmAll(consortium, [1], 2n),
			() => roundManager.write.fail([2n]),
			() => hospitalRegistry.write.admitHospital([stranger.account.address]),
			() => hospitalRegistry.write.commitDataset([1n, 5n, 8, 1], { account: stranger.account }),
			() => roundManager.write.openRound([1n, committee, DURATIONS]),
			() => submitUpdates(consortium, 3, 3n),
			// No bundle at all is as inconsistent as a wrong one, if its digest is the empty string's.
			() => {
				const [, , segments, encryption] = updateArgs(0);
				const empty = "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" as const;
				return roundManager.write.submitUpdate([3n, empty, segments.slice(0, 1), encryption], {
					account: stranger.account,
				});
			},
			() => {
				const { gamma, y, y2 } = updateArgs(0)[3];
				return roundManager.write.challengeUpdate([3n, stranger.account.address, "0x", { gamma, y, y2 }]);
			},
			() => hospitalRegistry.write.readmitHospital([stranger.account.address]),
			() => hospitalRegistry.write.removeHospital([walletAt(hospitals, 0).account.address]),
			() => hospitalRegistry.write.removeMember([walletAt(members, 0).account.address]),
			() => confirmAll(consortium, [0, 1], 3n),
			() => roundManager.write.cancelRound([3n]),
			// Four hospitals, one of whose bundles a single member holds, and a round in which nobody holds any.
			() => hospitalRegistry.write.admitHospital([walletAt(hospitals, 0).account.address]),
			() => hospitalRegistry.write.commitDataset([1n, ...datasetArgs], { account: walletAt(hospitals, 0).account }),
			() => hospitalRegistry.write.commitDataset([1n, 5n, 8, 1], { account: stranger.account }),
			() => hospitalRegistry.write.admitMember([walletAt(members, 0).account.address]),
			() =>
				hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(9n)), {
					account: walletAt(members, 0).account,
				}),
			() => roundManager.write.openRound([1n, committee, DURATIONS]),
			() => submitUpdates(consortium, 3, 4n),
			() => confirmAll(consortium, [0, 2], 4n),
			() => {
				const [, digestOfNone, segments, encryption] = updateArgs(0, 4n);
				return roundManager.write.submitUpdate([4n, digestOfNone, segments.slice(0, 1), encryption], {
					account: stranger.account,
				});
			},
			() => confirmLast(4n, 1),
			() => time.increase(DURATIONS.submission + DURATIONS.checking + 2),
			() => roundManager.write.freeze([4n]),
			() => postKeySum(1, 4n),
			() => postKeySum(2, 4n),
			() => time.increase(DURATIONS.attestation + 1),
			() => roundManager.write.attest([4n, 7n, digest("lie")], { account: walletAt(members, 2).account }),
			() => roundManager.write.attestAsHospital([4n, ...SECOND], { account: walletAt(hospitals, 1).account }),
			() => roundManager.write.attestAsHospital([4n, ...SECOND], { account: walletAt(hospitals, 2).account }),
			() => roundManager.write.openRound([1n, committee, DURATIONS]),
			() => submitUpdates(consortium, 3, 5n),
			() => time.increase(DURATIONS.submission + DURATIONS.checking + 2),
			() => roundManager.write.fail([5n]),
			() => roundManager.write.openRound([1n, committee, DURATIONS]),
			() => submitUpdates(consortium, 3, 6n),
			() => confirmAll(consortium, [1, 2], 6n),
			() => time.increase(DURATIONS.submission),
			() => roundManager.write.freeze([6n]),
			() => time.increase(CLOSING_DELAY),
			() => roundManager.write.closeStudy([1n]),
		];
		for (const step of steps) {
			await step();
			await assertLedgerEqualsState(consortium);
		}
		const { rounds } = await readLedger(consortium);
		const ends = [...rounds.values()].map(({ phase, failure }) => failure ?? phase);
		const failures = ["NotEnoughUpdates", "Cancelled", "Finalized", "NotEnoughAvailable", "StudyClosed"];
		assert.deepEqual(ends, ["Finalized", ...failures]);
		assert.deepEqual(
			[...rounds.values()].map(({ removed, excluded }) => [removed.length, excluded.length]),
			[
				[0, 0],
				[0, 0],
				[1, 0],
				[0, 1],
				[0, 0],
				[0, 0],
			],
		);
	});
});
