/** The coordinator's page enables freezing and failing exactly when the contract allows them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { ACT_NAMES, roundActs } from "../../web/lib/coordinator/acts.ts";
import { decodeEvent, type RawLog } from "../../worker/core/ledger/events.ts";
import { foldEvents } from "../../worker/core/ledger/fold.ts";
import { CLOSING_DELAY } from "../../worker/protocol/durations.ts";
import {
	type Consortium,
	confirmAll,
	deployOpenRound,
	keySumArgs,
	submitUpdates,
	walletAt,
} from "../support/contracts/deploy.ts";
import { MODEL } from "../support/contracts/roundActions.ts";

/** Round and study both have the number 1. */
const FUNCTIONS = { freeze: "freeze", fail: "fail", cancel: "cancelRound", close: "closeStudy" } as const;

describe("acts on a round", async () => {
	const connection = await network.create();
	const { time, loadFixture, takeSnapshot } = connection.networkHelpers;

	const open = () => deployOpenRound(connection);

	const read = async ({ publicClient, hospitalRegistry, modelRegistry, roundManager }: Consortium) => {
		const deployment = {
			hospitalRegistry: hospitalRegistry.address,
			modelRegistry: modelRegistry.address,
			roundManager: roundManager.address,
		};
		const logs = await publicClient.getLogs({ address: Object.values(deployment), fromBlock: 0n });
		const ledger = foldEvents(logs.flatMap((log) => decodeEvent(log as RawLog, deployment) ?? []));
		const round = ledger.rounds.get(1n);
		const study = round && ledger.studies.get(round.studyId);
		return round === undefined || study === undefined
			? assert.fail("no round")
			: { round, parameters: study.parameters };
	};

	/** What the page says at this second, against a transaction of this second. */
	const compareAt = async (consortium: Consortium, second: bigint) => {
		const { round, parameters } = await read(consortium);
		const { frozen } = round;
		const block = frozen && (await consortium.publicClient.getBlock({ blockNumber: frozen.place.blockNumber }));
		const acts = roundActs(round, parameters, second, block?.timestamp);
		for (const name of ACT_NAMES) {
			const snapshot = await takeSnapshot();
			await time.setNextBlockTimestamp(second);
			const mined = await consortium.roundManager.write[FUNCTIONS[name]]([1n]).then(
				() => true,
				() => false,
			);
			await snapshot.restore();
			assert.equal(acts[name].allowed, mined, `${name} of a round that is ${round.phase} at ${second}`);
			const act = acts[name];
			if (!act.allowed && act.from !== undefined) assert.ok(act.from > second, `${name}: ${act.why}`);
		}
		return acts;
	};

	const around = async (consortium: Consortium) => {
		const { round } = await read(consortium);
		const now = BigInt(await time.latest());
		const seconds = [
			round.deadline,
			round.deadline + 1n,
			round.checkingDeadline,
			round.checkingDeadline + 1n,
			now + 1n,
			now + CLOSING_DELAY,
			now + CLOSING_DELAY + 1n,
		];
		const seen: string[] = [];
		for (const second of [...new Set(seconds)].filter((second) => second > now)) {
			const { freeze, fail, close } = await compareAt(consortium, second);
			seen.push(freeze.allowed ? "freeze" : fail.allowed ? "fail" : close.allowed ? "close" : "none");
		}
		return seen;
	};

	it("agree while nobody submits, too few do, and enough do", async () => {
		const consortium = await loadFixture(open);
		assert.ok((await around(consortium)).includes("fail"));
		await submitUpdates(consortium, 2);
		assert.ok((await around(consortium)).includes("fail"));
	});

	it("agree while members check, and when too few of them could", async () => {
		const consortium = await loadFixture(open);
		await submitUpdates(consortium);
		const unchecked = await around(consortium);
		assert.ok(unchecked.includes("none") && unchecked.includes("fail") && !unchecked.includes("freeze"));
		await confirmAll(consortium, [0]);
		assert.ok(!(await around(consortium)).includes("freeze"));
		await confirmAll(consortium, [1]);
		assert.deepEqual([...new Set(await around(consortium))], ["freeze"]);
	});

	it("agree when the set is frozen, opened, and over: nothing of these is possible any more", async () => {
		const consortium = await loadFixture(open);
		await submitUpdates(consortium);
		await confirmAll(consortium);
		await consortium.roundManager.write.freeze([1n]);
		assert.deepEqual([...new Set(await around(consortium))], ["none", "close"]);
		for (const index of [0, 1]) {
			const { account } = walletAt(consortium.members, index);
			await consortium.roundManager.write.postKeySum(await keySumArgs(consortium, index), { account });
		}
		assert.deepEqual([...new Set(await around(consortium))], ["none", "close"]);
		for (const index of [0, 1]) {
			const { account } = walletAt(consortium.members, index);
			await consortium.roundManager.write.attest([1n, ...MODEL], { account });
		}
		assert.deepEqual([...new Set(await around(consortium))], ["none"]);
	});
});
