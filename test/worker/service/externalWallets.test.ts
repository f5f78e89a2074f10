/** Steps whose transactions the user signs: what is offered, for how long, and again after a restart; on a chain whose proofs are simulated. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { decodeFunctionData } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { coordinatorStep } from "../../../worker/node/coordinator.ts";
import { hospitalStep } from "../../../worker/node/hospital.ts";
import { carryOut } from "../../../worker/node/housekeeping.ts";
import { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import type { Offer } from "../../../worker/service/wallet/offers.ts";
import { openRoundFixture } from "../../support/openRoundFixture.ts";
import { proverDouble } from "../../support/proverDouble.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { handWallet } from "../../support/service/handWallet.ts";
import { DURATIONS, WALLETS } from "../../support/workerConsortium.ts";

const { folder, chain, consortium, submitLast, freeze } = openRoundFixture();

const required = (offer: Offer | undefined): Offer => offer ?? assert.fail("nothing was offered");

/** A worker of hospital 3 as a new process opens it. */
const hospitalByHand = async (double = proverDouble()) => {
	const hospital = await consortium().hospital(2, undefined, double);
	const hand = handWallet(hospital, developmentAccount(WALLETS.hospitals[2]));
	const { transactor } = hand;
	return { ...hand, step: () => hospitalStep({ ...hospital, transactor }, 1n, consortium().study) };
};

type ByHand = { readonly standpoint?: () => string; readonly double?: ReturnType<typeof proverDouble> };

/** A worker of a member as a new process opens it. */
const memberByHand = async (index: number, { standpoint, double = proverDouble() }: ByHand = {}) => {
	const opened = await consortium().member(index, undefined, 0, double);
	const hand = handWallet(opened, developmentAccount(WALLETS.members[index] ?? 0), standpoint);
	const member = { ...opened, transactor: hand.transactor, progress: hand.jobs.progress };
	return { ...hand, member, step: () => hand.decisions.carryOut(() => memberStep(member, 1n)) };
};

const argumentsOf = ({ data }: Offer): readonly unknown[] =>
	decodeFunctionData({ abi: roundManagerAbi, data }).args ?? [];

describe("a hospital's update", () => {
	it("is offered until it is signed, and offered again, the same, by a process that starts anew", async () => {
		const double = proverDouble();
		const first = await hospitalByHand(double);
		const killed = first.step();
		const offer = required(await first.offered(killed));
		assert.deepEqual([offer.action, offer.from], ["submitUpdate", developmentAccount(WALLETS.hospitals[2]).address]);
		const made = double.made.length;
		first.kill();
		await rejectsWithCode(killed, "ABORTED");
		assert.deepEqual(first.offers.list(), []);

		const second = await hospitalByHand(double);
		const step = second.step();
		const again = required(await second.offered(step));
		assert.deepEqual([again.to, again.data], [offer.to, offer.data]);
		assert.equal(double.made.length, made);
		await second.sign(again);
		assert.equal((await step).kind, "submitUpdate");
		assert.deepEqual(second.offers.list(), []);
		assert.equal((await consortium().round(1n)).round.updates.length, 3);
	});

	it("is found on the chain when it was signed while no process ran", async () => {
		const double = proverDouble();
		const first = await hospitalByHand(double);
		const killed = first.step();
		const offer = required(await first.offered(killed));
		first.kill();
		await rejectsWithCode(killed, "ABORTED");
		await first.sign(offer);
		const second = await hospitalByHand(double);
		assert.equal((await second.step()).kind, "wait");
		assert.deepEqual(second.offers.list(), []);
	});

	it("is offered no longer when its time is over", async () => {
		const { step, offered, offers } = await hospitalByHand();
		const running = step();
		required(await offered(running));
		await chain().time.increase(DURATIONS.submission + 1);
		await rejectsWithCode(running, "CONTRACT_REVERTED");
		assert.deepEqual(offers.list(), []);
	});
});

describe("a member's key sum", () => {
	it("is offered again, the same, by a process that starts anew", async () => {
		await submitLast();
		await freeze();
		const double = proverDouble();
		const first = await memberByHand(0, { double });
		const killed = first.step();
		const offer = required(await first.offered(killed));
		assert.equal(offer.action, "postKeySum");
		first.kill();
		await rejectsWithCode(killed, "ABORTED");
		const second = await memberByHand(0, { double });
		const step = second.step();
		const again = required(await second.offered(step));
		assert.equal(again.data, offer.data);
		await second.sign(again);
		assert.equal((await step).kind, "postKeySum");
		assert.deepEqual(
			(await consortium().round(1n)).round.keySums.map(({ member }) => member),
			[offer.from],
		);
	});

	it("is never offered for another frozen set, after whatever reorganization or restart", async () => {
		const beforeThird = await chain().takeSnapshot();
		await submitLast();
		await freeze();
		const first = await memberByHand(0);
		const waiting = first.step();
		const offer = required(await first.offered(waiting));
		const [, firstSet] = argumentsOf(offer);
		// Nobody has signed it; the chain goes back, and another set is frozen.
		const seen: Offer[] = [];
		first.offers.subscribe(() => seen.push(...first.offers.list()));
		await beforeThird.restore();
		rmSync(join(folder, `wallet-${WALLETS.hospitals[2]}`), { recursive: true });
		await submitLast();
		await freeze();
		assert.notEqual((await consortium().round(1n)).round.frozen?.frozenSetDigest, firstSet);
		await rejectsWithCode(waiting, "CONTRACT_REVERTED");
		assert.deepEqual(first.offers.list(), []);
		for (const process of [first, await memberByHand(0)]) {
			process.offers.subscribe(() => seen.push(...process.offers.list()));
			await rejectsWithCode(process.step(), "SECOND_FROZEN_SET");
		}
		assert.deepEqual(seen, []);
		assert.deepEqual((await consortium().round(1n)).round.keySums, []);
	});

	it("is followed by the attestation to the recomputed model", async () => {
		await submitLast();
		await freeze();
		assert.equal((await memberStep(await consortium().member(1), 1n)).kind, "postKeySum");
		const hand = await memberByHand(0);
		for (const action of ["postKeySum", "attest"]) {
			const step = hand.step();
			const offer = required(await hand.offered(step));
			assert.equal(offer.action, action);
			await hand.sign(offer);
			assert.equal((await step).kind, action);
		}
		assert.equal((await consortium().round(1n)).round.attestations.length, 1);
	});
});

describe("what anybody may do", () => {
	it("is withdrawn when somebody else was faster", async () => {
		await submitLast();
		for (const index of [0, 1]) {
			assert.equal((await memberStep(await consortium().member(index), 1n)).kind, "confirmAvailability");
		}
		const hand = await memberByHand(0);
		const step = hand.step();
		assert.equal(required(await hand.offered(step)).action, "freeze");
		await carryOut(consortium().coordinator, { kind: "freeze", round: (await consortium().round(1n)).round });
		assert.equal((await step).kind, "wait");
		assert.deepEqual(hand.offers.list(), []);
	});
});

describe("a member's confirmations", () => {
	it("grow while they wait, when a bundle that was missing comes", async () => {
		await submitLast();
		const { round } = await consortium().round(1n);
		const missing = round.updates[2]?.bundleDigest ?? assert.fail();
		const hand = await memberByHand(0);
		let isMissing = true;
		const { store } = hand.member;
		const without: typeof store = {
			...store,
			get: (digest, options) => store.get(isMissing && digest === missing ? `0x${"00".repeat(32)}` : digest, options),
		};
		const running = hand.decisions.carryOut(() => memberStep({ ...hand.member, store: without }, 1n));
		const partial = required(await hand.offered(running));
		assert.deepEqual([partial.action, (argumentsOf(partial)[1] as unknown[]).length], ["confirmAvailability", 2]);
		isMissing = false;
		for (;;) {
			const whole = required(await hand.offered(running));
			if (whole.data === partial.data) {
				await new Promise((resolve) => setTimeout(resolve, 10));
				continue;
			}
			assert.equal((argumentsOf(whole)[1] as unknown[]).length, 3);
			await hand.sign(whole);
			break;
		}
		assert.equal((await running).kind, "confirmAvailability");
		// The one that was given up has ended, too.
		const confirmations = hand.jobs.list().map(({ step, state }) => [step, state]);
		assert.deepEqual(confirmations, [
			["confirm 2 bundles of round 1", "stopped"],
			["confirm 3 bundles of round 1", "done"],
		]);
	});

	it("are decided anew when the chain says something else", async () => {
		await submitLast();
		let says = "open";
		const hand = await memberByHand(0, { standpoint: () => says });
		let decisions = 0;
		const step = hand.decisions.carryOut(() => {
			decisions++;
			return memberStep(hand.member, 1n);
		});
		const offer = required(await hand.offered(step));
		let changes = 0;
		hand.offers.subscribe(() => changes++);
		says = "still open, and something has changed";
		while (decisions < 2) await new Promise((resolve) => setTimeout(resolve, 10));
		// Once more from the start: what the second decision did is done by then.
		says = "another change";
		while (decisions < 3) await new Promise((resolve) => setTimeout(resolve, 10));
		// The same is due, however often that is found: it stays as it is, and is one job.
		assert.deepEqual([hand.offers.list(), changes], [[offer], 0]);
		await hand.sign(offer);
		assert.equal((await step).kind, "confirmAvailability");
		assert.deepEqual(
			hand.jobs.list().map(({ state }) => state),
			["done"],
		);
	});
});

describe("the coordinator's next round", () => {
	it("is not taken for an earlier one that was opened with the same call", async () => {
		const { coordinator, committee, studyId } = consortium();
		const options = { studyId, pool: committee, durations: DURATIONS };
		const failRound = async (roundId: bigint) => {
			await chain().time.increase(DURATIONS.submission + DURATIONS.checking + 1);
			await carryOut(coordinator, { kind: "fail", round: (await consortium().round(roundId)).round });
		};
		await failRound(1n);
		assert.equal((await coordinatorStep(coordinator, options)).kind, "openRound");
		await failRound(2n);
		const hand = handWallet(coordinator, developmentAccount(WALLETS.coordinator));
		const step = coordinatorStep({ ...coordinator, transactor: hand.transactor }, options);
		const offer = required(await hand.offered(step));
		assert.equal(offer.action, "openRound");
		await hand.sign(offer);
		assert.equal((await step).kind, "openRound");
		assert.equal((await consortium().round(3n)).round.phase, "Open");
	});

	it("is withdrawn when somebody else opens it with the same wallet", async () => {
		const { coordinator, committee, studyId } = consortium();
		const options = { studyId, pool: committee, durations: DURATIONS };
		await chain().time.increase(DURATIONS.submission + DURATIONS.checking + 1);
		await carryOut(coordinator, { kind: "fail", round: (await consortium().round(1n)).round });
		const hand = handWallet(coordinator, developmentAccount(WALLETS.coordinator));
		const step = coordinatorStep({ ...coordinator, transactor: hand.transactor }, options);
		required(await hand.offered(step));
		// At the coordinator's page, with other times.
		await coordinatorStep(coordinator, { ...options, durations: { ...DURATIONS, submission: 2_000 } });
		assert.equal((await step).kind, "wait");
		assert.deepEqual(hand.offers.list(), []);
	});
});
