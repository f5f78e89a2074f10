/** What a worker does when nothing is due, and when something goes wrong. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { DecentraHealthError, type ErrorCode } from "../../../worker/protocol/errors.ts";
import { createLog } from "../../../worker/service/log/createLog.ts";
import { backoff, policyAtStart, policyOf } from "../../../worker/service/loop/errorPolicy.ts";
import { type LoopPorts, runLoop, type Step } from "../../../worker/service/loop/runLoop.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";

const failure = (code: ErrorCode): DecentraHealthError =>
	new DecentraHealthError(code, { message: "m", nextStep: "n" });

/** As much of a round as the loop looks at. */
const roundOf = (changes: Partial<RoundRecord>): RoundRecord =>
	({
		roundId: 1n,
		phase: "Open",
		deadline: 100n,
		checkingDeadline: 200n,
		updates: [],
		removed: [],
		keySums: [],
		attestations: [],
		hospitalAttestations: [],
		place: { blockNumber: 1n },
		...changes,
	}) as unknown as RoundRecord;

const WAIT: Step = { kind: "wait", reason: "nothing" };
const ACT: Step = { kind: "attest" };
const FREEZE: Step = { kind: "freeze" };

type Script = readonly (Step | DecentraHealthError | Error)[];

/** Runs the loop on a script of steps; when it is through, the worker is told to stop. Time is made of waits. */
const play = async (
	script: Script,
	changes: Partial<LoopPorts> = {},
	onWait: (time: number) => void = () => undefined,
) => {
	const stop = new AbortController();
	const lines: string[] = [];
	const waits: number[] = [];
	const times: number[] = [];
	let time = 0;
	let steps = 0;
	const clock = {
		now: () => time,
		wait: async (milliseconds: number) => {
			waits.push(milliseconds);
			time += milliseconds;
			onWait(time);
			if (waits.length > 10_000) stop.abort();
		},
	};
	await runLoop({
		look: async () => ({ blockNumber: 1n, now: 50n, round: undefined }),
		step: async () => {
			times.push(time);
			const next = script[steps++];
			if (steps >= script.length) stop.abort();
			if (next instanceof Error) throw next;
			return next ?? WAIT;
		},
		latestBlock: async () => 2n,
		clock,
		log: createLog({ level: "info", write: (line) => lines.push(line) }),
		signal: stop.signal,
		poll: 1_000,
		once: false,
		...changes,
	});
	const entries = lines.map((line) => JSON.parse(line));
	return { waits, times, steps, codes: entries.map(({ code }) => code).filter((code) => code !== undefined), entries };
};

describe("the loop", () => {
	it("acts again at once after an action, and waits for a block when nothing is due", async () => {
		const { times } = await play([ACT, FREEZE, WAIT, ACT]);
		assert.deepEqual(times, [0, 0, 0, 1_000]);
	});

	it("does not repeat an action at once that the node does not show", async () => {
		const { times } = await play([ACT, ACT, ACT, FREEZE, ACT]);
		assert.deepEqual(times, [0, 0, 1_000, 2_000, 2_000]);
	});

	it("looks again without a new block after a while", async () => {
		const { times } = await play([WAIT, WAIT], { latestBlock: async () => 1n });
		assert.deepEqual(times, [0, 15_000]);
	});

	it("asks for missing bundles again sooner, and says which they are once", async () => {
		const missing: Step = {
			...WAIT,
			unavailable: [{ hospital: "0x01", code: "BLOCK_MISSING", problem: "p" }],
		};
		const { times, entries } = await play([missing, missing, WAIT, WAIT], { latestBlock: async () => 1n });
		assert.deepEqual(times, [0, 3_000, 6_000, 21_000]);
		assert.equal(entries.filter(({ level }) => level === "warn").length, 1);
	});

	it("repeats what failed for a passing reason, ever later up to a limit, and says so once for each kind", async () => {
		const script = [
			...Array.from({ length: 8 }, () => failure("RPC_UNREACHABLE")),
			failure("BLOCK_MISSING"),
			WAIT,
			WAIT,
		];
		const { waits, codes, entries } = await play(script);
		assert.deepEqual(waits.slice(0, 9), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
		assert.deepEqual(codes, ["RPC_UNREACHABLE", "BLOCK_MISSING", "RPC_UNREACHABLE", "BLOCK_MISSING"]);
		const recoveries = entries.filter(({ msg }) => msg === "it works again");
		assert.deepEqual(
			recoveries.map(({ code, attempts }) => [code, attempts]),
			[
				["RPC_UNREACHABLE", 8],
				["BLOCK_MISSING", 1],
			],
		);
	});

	it("starts the waits anew, and says it again, after a success", async () => {
		const { waits, codes } = await play([failure("IPFS_UNREACHABLE"), ACT, failure("IPFS_UNREACHABLE"), ACT]);
		assert.deepEqual(waits, [1_000, 1_000]);
		// A warning and a recovery each.
		assert.equal(codes.filter((code) => code === "IPFS_UNREACHABLE").length, 4);
	});

	it("leaves a round alone that an error concerns, until something in it changes", async () => {
		let round = roundOf({});
		const script = [failure("SECOND_FROZEN_SET"), ACT, WAIT];
		const { times, codes } = await play(
			script,
			{ look: async () => ({ blockNumber: 1n, now: 50n, round }) },
			(time) => {
				if (time >= 5_000) round = roundOf({ phase: "Frozen" });
			},
		);
		assert.deepEqual(times, [0, 5_000, 5_000]);
		assert.deepEqual(codes, ["SECOND_FROZEN_SET"]);
	});

	it("comes back to it when a deadline passes, and to another round at once", async () => {
		for (const change of [{ now: 101n }, { now: 201n }, { round: roundOf({ roundId: 2n }) }]) {
			let look = { blockNumber: 1n, now: 50n, round: roundOf({}) };
			const { times } = await play([failure("TRAINING_OVERFLOW"), WAIT], { look: async () => look }, () => {
				look = { ...look, ...change };
			});
			assert.deepEqual(times, [0, 1_000]);
		}
	});

	it("tries it again in the end without a change, without saying the same again", async () => {
		const round = roundOf({});
		const script = [...Array.from({ length: 3 }, () => failure("CONTRACT_REVERTED")), WAIT];
		const { times, codes } = await play(script, {
			look: async () => ({ blockNumber: 1n, now: 50n, round }),
			latestBlock: async () => 1n,
		});
		const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
		assert.ok(
			pauses.every((pause, index) => pause >= 8_000 * 2 ** index),
			pauses.join(),
		);
		assert.deepEqual(codes, ["CONTRACT_REVERTED"]);
	});

	it("calls it no error that a call was refused because somebody else was faster", async () => {
		let round = roundOf({});
		const { times, codes } = await play(
			[failure("CONTRACT_REVERTED"), WAIT],
			{ look: async () => ({ blockNumber: 1n, now: 50n, round }) },
			() => {
				round = roundOf({ phase: "Frozen" });
			},
		);
		assert.deepEqual([times, codes], [[0, 1_000], []]);
	});

	it("ends with what nobody but a person can help, and with a fault of the program", async () => {
		await rejectsWithCode(play([WAIT, failure("KEYSTORE_CORRUPT"), WAIT]), "KEYSTORE_CORRUPT");
		await assert.rejects(play([new TypeError("fault"), WAIT]), TypeError);
	});

	it("ends when nothing is due, or at the first error, if it is to run once", async () => {
		const { steps } = await play([ACT, ACT, WAIT, ACT, ACT], { once: true });
		assert.equal(steps, 3);
		await rejectsWithCode(play([failure("RPC_UNREACHABLE"), WAIT], { once: true }), "RPC_UNREACHABLE");
	});

	it("ends quietly when it is told to stop, also in the middle of a step", async () => {
		const stop = new AbortController();
		let steps = 0;
		await play([], {
			signal: stop.signal,
			step: async () => {
				steps++;
				stop.abort();
				throw failure("ABORTED");
			},
		});
		assert.equal(steps, 1);
	});
});

describe("the error policy", () => {
	it("repeats what passes, leaves rounds alone, and ends for the rest", () => {
		const expected: Readonly<Record<string, ReturnType<typeof policyOf>>> = {
			RPC_UNREACHABLE: "transient",
			RPC_FAILED: "transient",
			RPC_DISAGREE: "transient",
			IPFS_UNREACHABLE: "transient",
			BLOCK_MISSING: "transient",
			TRANSACTION_UNCONFIRMED: "transient",
			SECOND_FROZEN_SET: "round",
			COMMITTEE_UNEXPECTED: "round",
			JOURNAL_CORRUPT: "round",
			RPC_WRONG_CHAIN: "fatal",
			KEYSTORE_PASSPHRASE: "fatal",
			PROVING_KEY_MISMATCH: "fatal",
			DEVELOPMENT_KEYS: "fatal",
			JOURNAL_UNUSABLE: "fatal",
		};
		for (const [code, policy] of Object.entries(expected))
			assert.equal(policyOf(failure(code as ErrorCode)), policy, code);
		assert.equal(policyOf(new Error("x")), "fatal");
	});

	it("does not wait at the start for what the configuration names wrongly", () => {
		for (const code of ["RPC_UNREACHABLE", "STUDY_MISSING"] as const) {
			assert.equal(policyAtStart(failure(code)), "transient", code);
		}
		for (const code of ["CONTRACT_MISSING", "RPC_WRONG_CHAIN", "CONTRACT_REVERTED"] as const) {
			assert.equal(policyAtStart(failure(code)), "fatal", code);
		}
		assert.equal(policyAtStart("x"), "fatal");
	});

	it("never waits longer than it should, however often", () => {
		assert.deepEqual(
			[1, 2, 3, 5_000].map((n) => backoff(n, { first: 10, most: 35 })),
			[10, 20, 35, 35],
		);
	});
});
