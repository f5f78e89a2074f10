/** When a step that waits for the user's signature is decided anew. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { createJobs } from "../../../worker/service/jobs.ts";
import type { Look } from "../../../worker/service/loop/runLoop.ts";
import { createDecisions } from "../../../worker/service/wallet/decisions.ts";
import { createOffers } from "../../../worker/service/wallet/offers.ts";
import { standpointOf } from "../../../worker/service/wallet/standpoint.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { OFFER } from "../../support/service/localServer.ts";

const lookOf = (changes: Partial<RoundRecord> = {}, now = 50n): Look => ({
	blockNumber: 1n,
	now,
	studyId: 1n,
	round: {
		roundId: 1n,
		phase: "Open",
		deadline: 100n,
		checkingDeadline: 200n,
		opening: { beacon: 7 },
		updates: [],
		removed: [],
		keySums: [],
		attestations: [],
		...changes,
	} as unknown as RoundRecord,
});

const UPDATES = [{}] as unknown as RoundRecord["updates"];

describe("what a decision stands on", () => {
	it("is the study, the round, its phase and its deadlines, and for members its updates", () => {
		const before = standpointOf("hospital", lookOf());
		for (const other of [
			undefined,
			{ blockNumber: 1n, now: 50n },
			{ blockNumber: 1n, now: 50n, studyId: 1n },
			lookOf({ roundId: 2n }),
			lookOf({ phase: "Frozen" }),
			// The same round, reorganized.
			lookOf({ opening: { beacon: 8 } as unknown as RoundRecord["opening"] }),
			lookOf({}, 101n),
			lookOf({}, 201n),
		]) {
			assert.notEqual(standpointOf("hospital", other), before);
		}
		assert.equal(standpointOf("hospital", { ...lookOf({}, 51n), blockNumber: 2n }), before);
		// Others' updates make a hospital train for nothing again.
		assert.equal(standpointOf("hospital", lookOf({ updates: UPDATES })), before);
		const member = standpointOf("committee", lookOf());
		for (const changes of [{ updates: UPDATES }, { removed: ["0x01"] as const }]) {
			assert.notEqual(standpointOf("committee", lookOf(changes)), member);
		}
	});
});

describe("a step with a wallet that takes its time", () => {
	const create = () => {
		let says = "one";
		const [offers, jobs] = [createOffers(), createJobs()];
		const decisions = createDecisions(() => says, { offers, jobs });
		return {
			offers,
			jobs,
			decisions,
			say: (text: string) => {
				says = text;
			},
		};
	};

	it("is run again when the chain has moved on, with its offer and its job as they are", async () => {
		const { offers, jobs, decisions, say } = create();
		const seen: number[] = [];
		offers.subscribe(() => seen.push(offers.list().length));
		let runs = 0;
		const result = await decisions.carryOut(async () => {
			runs++;
			jobs.progress({ step: "submit", state: "started" });
			decisions.requireCurrent("submit");
			if (runs === 1) offers.put(OFFER);
			if (runs === 1) say("two");
			decisions.requireCurrent("submit");
			jobs.progress({ step: "submit", state: "done" });
			return runs;
		});
		assert.deepEqual([result, runs, seen], [2, 2, [1, 0]]);
		assert.deepEqual(
			jobs.list().map(({ step, state }) => [step, state]),
			[["submit", "done"]],
		);
	});

	it("leaves nothing offered and no job running when something else is due, or it fails", async () => {
		const { offers, jobs, decisions, say } = create();
		let runs = 0;
		await decisions.carryOut(async () => {
			if (++runs === 2) return;
			jobs.progress({ step: "submit", state: "started" });
			offers.put(OFFER);
			say("two");
			decisions.requireCurrent("submit");
		});
		assert.deepEqual([runs, offers.list(), jobs.list()[0]?.state], [2, [], "stopped"]);
		await assert.rejects(
			decisions.carryOut(async () => {
				offers.put(OFFER);
				throw new RangeError("a fault");
			}),
			RangeError,
		);
		assert.deepEqual(offers.list(), []);
	});

	it("tells nobody outside of a step that it is outdated", async () => {
		const { decisions, say } = create();
		say("two");
		await rejectsWithCode(
			Promise.resolve().then(() => decisions.requireCurrent("submit")),
			"DECISION_OUTDATED",
		);
	});
});
