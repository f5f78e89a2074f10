/** Every worker dies around each of its effects and starts again: nothing is sent twice, proven again or signed for a second set. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { decodeModel } from "../../../worker/core/codecs/model.ts";
import { fetchBundle } from "../../../worker/node/bundles.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { coordinatorStep } from "../../../worker/node/coordinator.ts";
import { hospitalStep } from "../../../worker/node/hospital.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { type Crashing, crashing, type Effect } from "../../support/crash.ts";
import { keepNotes } from "../../support/keepNotes.ts";
import { proverDouble } from "../../support/proverDouble.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";
import {
	DURATIONS,
	enrollWorkers,
	plaintextModel,
	WALLETS,
	type WorkerConsortium,
} from "../../support/workerConsortium.ts";

const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
let chain: WorkerChain;
let consortium: WorkerConsortium;

before(async () => {
	chain = await startWorkerChain();
	consortium = await enrollWorkers(chain, folder);
});
after(async () => {
	await closeProver();
	await chain.stop();
	rmSync(folder, { recursive: true });
});

type Step = {
	readonly wallet: number;
	/** Runs the step in a new process. */
	readonly run: (crash: Crashing) => Promise<unknown>;
	/** What the step is to do, in order. */
	readonly effects: readonly Effect[];
};

/** Runs the step with a crash at each place, from the same state each time, then once more after the crash. */
const surviveEveryCrash = async ({ wallet, run, effects }: Step, check: (place: string) => Promise<void>) => {
	const snapshot = await chain.takeSnapshot();
	const notes = keepNotes(join(folder, `wallet-${wallet}`));
	const sentBefore = await consortium.sent(wallet);
	// Dying before an effect leaves what dying after the one before it leaves.
	for (const plan of [{ at: 0, after: false }, ...effects.map((_, at) => ({ at, after: true }))]) {
		const place = `${plan.after ? "after" : "before"} effect ${plan.at} (${effects[plan.at]})`;
		const first = crashing(plan);
		await assert.rejects(run(first), place);
		assert.deepEqual(first.effects.slice(0, plan.at + 1), effects.slice(0, plan.at + 1), place);
		// Proofs are asked for several at once: others had begun.
		assert.ok(
			first.effects.slice(plan.at + 1).every((effect) => effect === "prove"),
			place,
		);
		await run(crashing());
		assert.equal(await consortium.sent(wallet), sentBefore + 1, `transactions, died ${place}`);
		await check(place);
		await snapshot.restore();
		notes.restore();
	}
	notes.forget();
	const whole = crashing();
	await run(whole);
	assert.deepEqual(whole.effects, effects);
	assert.equal(await consortium.sent(wallet), sentBefore + 1);
};

test("a member that joins", async () => {
	const run = async (crash: Crashing) => memberStep(await consortium.member(0, crash), consortium.studyId);
	const step: Step = { wallet: WALLETS.members[0], run, effects: ["transaction", "send"] };
	await surviveEveryCrash(step, async (place) => {
		const { members } = await consortium.ledger();
		assert.notEqual(members.get(consortium.committee[0] ?? "0x"), undefined, place);
	});
});

test("a hospital that commits to its data", async () => {
	const run = async (crash: Crashing) => hospitalStep(await consortium.hospital(0, crash), 1n, consortium.study);
	const step: Step = { wallet: WALLETS.hospitals[0], run, effects: ["transaction", "send"] };
	await surviveEveryCrash(step, async (place) => {
		const { datasets } = await consortium.ledger();
		assert.equal(datasets.get(1n)?.size, 1, place);
	});
});

test("a hospital that proves and submits", async () => {
	await consortium.join();
	await consortium.openRound();
	let double = proverDouble();
	const run = async (crash: Crashing) =>
		hospitalStep(await consortium.hospital(0, crash, double), 1n, consortium.study);
	const effects: readonly Effect[] = [
		...(["prove", "prove", "journal", "journal"] as const),
		// The claim on the base weights, before anything is encrypted.
		"journal",
		...(["prove", "journal", "put", "transaction", "send"] as const),
	];
	await surviveEveryCrash({ wallet: WALLETS.hospitals[0], run, effects }, async (place) => {
		// A proof that was not written down is made again, both segments' when the first was not; no other.
		const lost =
			Object.entries({ "effect 0": 2, "effect 1": 2, "effect 2": 1, "effect 5": 1 }).find(([effect]) =>
				place.startsWith(`after ${effect} `),
			)?.[1] ?? 0;
		assert.equal(double.made.length, 3 + lost, place);
		const { round, record } = await consortium.round(1n);
		const [update] = round.updates;
		assert.ok(update !== undefined && round.updates.length === 1, place);
		const checked = await fetchBundle(await consortium.hospital(1), round, record, update);
		assert.equal(checked.status, "consistent", place);
		double = proverDouble();
	});
});

test("members that check the bundles, keep them and say so", async () => {
	for (const index of [1, 2]) await hospitalStep(await consortium.hospital(index), 1n, consortium.study);
	const wallet = WALLETS.members[0];
	const run = async (crash: Crashing) => memberStep(await consortium.member(0, crash), 1n);
	const effects: readonly Effect[] = ["put", "put", "put", "journal", "transaction", "send"];
	await surviveEveryCrash({ wallet, run, effects }, async (place) => {
		const { round } = await consortium.round(1n);
		assert.deepEqual(
			round.updates.map(({ confirmedBy }) => confirmedBy),
			round.updates.map(() => [consortium.committee[0]]),
			place,
		);
		for (const { bundleDigest } of round.updates) await consortium.storeOf(wallet).get(bundleDigest);
	});
	assert.equal((await memberStep(await consortium.member(1), 1n)).kind, "confirmAvailability");
});

test("a hospital that freezes the round after its checking", async () => {
	await chain.time.increase(DURATIONS.checking + 1);
	const run = async (crash: Crashing) => hospitalStep(await consortium.hospital(1, crash), 1n, consortium.study);
	await surviveEveryCrash({ wallet: WALLETS.hospitals[1], run, effects: ["transaction", "send"] }, async (place) => {
		assert.equal((await consortium.round(1n)).round.phase, "Frozen", place);
	});
});

test("a member that proves its key sum and attests, to the very model of a plaintext run", async () => {
	const wallet = WALLETS.members[0];
	let double = proverDouble();
	const act = async (crash: Crashing) => memberStep(await consortium.member(0, crash, 0, double), 1n);
	// Its watch and the opening both see to it that the bundles are in its store.
	const kept: readonly Effect[] = Array.from({ length: 6 }, () => "put");
	const opening: Step = {
		wallet,
		run: act,
		effects: [...kept, "prove", "journal", "create", "transaction", "send"],
	};
	await surviveEveryCrash(opening, async (place) => {
		const lost = place.endsWith("(prove)") && place.startsWith("after") ? 1 : 0;
		assert.equal(double.made.length, 1 + lost, place);
		assert.equal((await consortium.round(1n)).round.keySums.length, 1, place);
		double = proverDouble();
	});
	await memberStep(await consortium.member(2), 1n);
	const attesting: Step = { wallet, run: act, effects: ["put", "put", "put", "put", "transaction", "send"] };
	await surviveEveryCrash(attesting, async (place) => {
		assert.equal((await consortium.round(1n)).round.attestations.length, 1, place);
	});
	await memberStep(await consortium.member(2), 1n);

	const { round } = await consortium.round(1n);
	assert.equal(round.phase, "Finalized");
	const digest = round.finalized?.modelDigest ?? assert.fail("no model");
	const { weightCount } = architectureOf(consortium.study);
	const weights = decodeModel(await consortium.store.get(digest), weightCount);
	assert.deepEqual(weights, plaintextModel(consortium, round.opening.beacon));
});

test("a coordinator that opens the next round", async () => {
	const options = { studyId: consortium.studyId, pool: consortium.pool, durations: DURATIONS };
	const run = async (crash: Crashing) =>
		coordinatorStep(await consortium.participant(WALLETS.coordinator, crash), options);
	const step: Step = { wallet: WALLETS.coordinator, run, effects: ["transaction", "send"] };
	await surviveEveryCrash(step, async (place) => {
		const { rounds } = await consortium.ledger();
		assert.deepEqual(
			[...rounds.values()].map(({ phase }) => phase),
			["Finalized", "Open"],
			place,
		);
	});
});

test("a hospital that recomputes the round before, trains on its model and submits", async () => {
	const run = async (crash: Crashing) => hospitalStep(await consortium.hospital(1, crash), 1n, consortium.study);
	const effects: readonly Effect[] = [
		"journal",
		...(["prove", "journal"] as const),
		"journal",
		...(["prove", "journal", "put", "transaction", "send"] as const),
	];
	await surviveEveryCrash({ wallet: WALLETS.hospitals[1], run, effects }, async (place) => {
		assert.equal((await consortium.round(2n)).round.updates.length, 1, place);
	});
});
