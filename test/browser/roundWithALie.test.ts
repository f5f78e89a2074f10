/**
 * A second round of the same consortium, in which a hospital hands out another bundle than the one that it encrypted: a member's worker finds that out, the member
 * shows it to the contract, the coordinator lifts the bar again, and the round, which has too few updates, is failed when its time is over.
 */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { describe } from "node:test";
import { axeEverywhere } from "../support/browser/axe.ts";
import {
	openRound,
	PATIENT,
	PROVING,
	pair,
	press,
	reviewAndSign,
	sentCalls,
	sitDown,
	WORKER_AWAY,
} from "../support/browser/desk.ts";
import { rpcRequest } from "../support/browser/signAndSend.ts";
import { assertDiscreet, step } from "../support/browser/story.ts";
import { tamperWithUpdate } from "../support/browser/tamperWithUpdate.ts";

const LIAR = "hospital-3";
const HONEST = ["hospital-1", "hospital-2"] as const;
/** Seconds: longer than the submissions and the checking may take. */
const ALL_THE_TIME = 3 * 3_600;

/** From now on the process computes when no other one wants to; on systems without /proc all are alike. */
const putLast = async (pid: number): Promise<void> => {
	const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
	for (const thread of threads) setPriority(Number(thread), constants.priority.PRIORITY_LOW);
};

describe("a round with a lie", () => {
	step(
		"a hospital whose worker was tampered with submits an update whose bundle is another one",
		async ({ served, person }) => {
			const coordinator = await person("coordinator");
			await openRound(served, coordinator);
			// The others' proofs are not needed in this round.
			for (const name of HONEST) await putLast(served.pid(name));
			const liar = await person(LIAR);
			await sitDown(liar, served, LIAR);
			const review = liar.page.getByRole("heading", { name: /^Submit your update for round 2$/ });
			await review.waitFor(PROVING);
			await tamperWithUpdate(served, LIAR, 2n);
			const allowed = liar.watch.allow(WORKER_AWAY);
			process.kill(served.pid(LIAR), "SIGKILL");
			await liar.page.getByText("has another token now").waitFor(PATIENT);
			await pair(liar, served, LIAR);
			allowed();
			await reviewAndSign(served, liar, /^Submit your update for round 2$/);
		},
	);

	step(
		"a member's worker finds that the bundle is not what was proven, and the member shows it to the contract",
		async ({ served, person }) => {
			const member = await person("member-1");
			const { page } = member;
			await sitDown(member, served, "member-1");
			await page.getByText("A bundle is not what its proof says").waitFor(PATIENT);
			assert.deepEqual(await axeEverywhere(page), []);
			await reviewAndSign(served, member, /^Challenge the update of .* in round 2$/);
			assert.equal(sentCalls(member).at(-1), "challengeUpdate");
			const liar = await person(LIAR);
			await liar.page
				.getByText(/barred/i)
				.first()
				.waitFor(PATIENT);
			assert.deepEqual(await axeEverywhere(liar.page), []);
			await liar.page.goto("/rounds/2");
			await liar.page
				.getByText(/barred/i)
				.first()
				.waitFor(PATIENT);
		},
	);

	step("the coordinator lifts the bar, and the hospital may commit to its data again", async ({ served, person }) => {
		const coordinator = await person("coordinator");
		const { page } = coordinator;
		await page.goto("/coordinator");
		const rows = page.getByRole("table", { name: /^Hospitals/ }).getByRole("row");
		await press(coordinator, rows.getByRole("button", { name: /^Lift the bar/ }), PATIENT);
		await reviewAndSign(served, coordinator, /^Lift the bar on .* and admit it again$/);
		assert.equal(sentCalls(coordinator).at(-1), "readmitHospital");
		const liar = await person(LIAR);
		await sitDown(liar, served, LIAR);
		await reviewAndSign(served, liar, /^Commit to your data set$/);
		assert.deepEqual(sentCalls(liar).slice(-2), ["submitUpdate", "commitDataset"]);
	});

	step("a round whose time is over is failed from the page", async ({ served, person }) => {
		const coordinator = await person("coordinator");
		const { page } = coordinator;
		await rpcRequest(served.rpcUrl, "evm_increaseTime", [ALL_THE_TIME]);
		// The page takes the chain's clock from its last block.
		await rpcRequest(served.rpcUrl, "evm_mine", []);
		await page.goto("/coordinator?tab=rounds");
		await press(coordinator, page.getByRole("button", { name: "Fail the round" }), PATIENT);
		await reviewAndSign(served, coordinator, /^Fail round 2, whose time is over$/);
		await page.goto("/rounds/2");
		await page
			.getByText(/failed/i)
			.first()
			.waitFor(PATIENT);
		assert.equal(sentCalls(coordinator).at(-1), "fail");
	});

	step(
		"nothing else was signed, nothing secret is kept, nobody else was asked, nothing went wrong unseen",
		assertDiscreet,
	);
});
