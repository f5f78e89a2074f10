/** A round through the pages, with real proofs, by the people of enrolment.test.ts: from its opening to the finalized model. Every review is loaded anew before it is signed. */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { axeEverywhere, axeViolations } from "../support/browser/axe.ts";
import {
	openRound,
	PATIENT,
	PROVING,
	pair,
	press,
	reviewAndSign,
	sentCalls,
	WORKER_AWAY,
} from "../support/browser/desk.ts";
import { HOSPITALS, MEMBERS, step } from "../support/browser/story.ts";

/** As many as are needed: the third member vanishes after it took its seat. */
const ACTIVE_MEMBERS = MEMBERS.slice(0, 2);
describe("a round through the pages", () => {
	step("the coordinator opens a round", async ({ served, person }) => openRound(served, await person("coordinator")));

	step(
		"hospitals train and prove; one worker is killed in the middle, comes back with another token and goes on",
		async ({ served, person }) => {
			const visitor = await person("hospital-3");
			const { page } = visitor;
			await page.getByRole("progressbar", { name: "Progress of the proofs" }).waitFor(PATIENT);
			assert.deepEqual(await axeViolations(page), []);
			const allowed = visitor.watch.allow(WORKER_AWAY);
			process.kill(served.pid("hospital-3"), "SIGKILL");
			await page
				.getByText(/does not answer|has another token now/)
				.first()
				.waitFor(PATIENT);
			await page.getByText("has another token now").waitFor(PATIENT);
			assert.deepEqual(await axeViolations(page), []);
			await pair(visitor, served, "hospital-3");
			allowed();
			await Promise.all(
				HOSPITALS.map(async (name) => {
					const hospital = await person(name);
					await hospital.page.getByRole("heading", { name: /^Submit your update for round 1$/ }).waitFor(PROVING);
				}),
			);
		},
	);

	step("hospitals review what becomes public and what stays private, and submit", async ({ served, person }) => {
		for (const name of HOSPITALS) {
			const visitor = await person(name);
			const { page } = visitor;
			await page.getByText("What becomes public").waitFor();
			await page.getByText("What stays private").waitFor();
			if (name === "hospital-1") assert.deepEqual(await axeEverywhere(page), []);
			await reviewAndSign(served, visitor, /^Submit your update for round 1$/);
			await page.getByText("1 encryption proof").first().waitFor(PATIENT);
			assert.deepEqual(sentCalls(visitor), ["commitDataset", "submitUpdate"]);
		}
	});

	step(
		"two members confirm, the set is frozen, they open the key sum and attest: the round is finalized",
		async ({ served, person }) => {
			for (const name of ACTIVE_MEMBERS) {
				await reviewAndSign(served, await person(name), /^Confirm that you hold 3 bundles of round 1$/);
			}
			// Anyone may, and so the coordinator, too.
			const coordinator = await person("coordinator");
			await coordinator.page.goto("/coordinator?tab=rounds");
			await press(coordinator, coordinator.page.getByRole("button", { name: "Freeze the set of updates" }), PATIENT);
			await reviewAndSign(served, coordinator, /^Freeze the set of updates of round 1$/);
			assert.equal(sentCalls(coordinator).at(-1), "freeze");
			await Promise.all(
				ACTIVE_MEMBERS.map(async (name) => {
					const visitor = await person(name);
					await visitor.page
						.getByRole("heading", { name: /^Open your part of the key sum of round 1$/ })
						.waitFor(PROVING);
				}),
			);
			for (const name of ACTIVE_MEMBERS) {
				const visitor = await person(name);
				await visitor.page.getByRole("region", { name: "Frozen set of round 1" }).waitFor();
				if (name === "member-1") assert.deepEqual(await axeEverywhere(visitor.page), []);
				await reviewAndSign(served, visitor, /^Open your part of the key sum of round 1$/);
			}
			for (const name of ACTIVE_MEMBERS) {
				await reviewAndSign(served, await person(name), /^Attest to the new global model of round 1$/);
			}
			const { page } = await person("hospital-1");
			await page.getByText("finalized").first().waitFor(PATIENT);
			await page.goto("/rounds/1");
			await page
				.getByText(/finalized/i)
				.first()
				.waitFor();
		},
	);
});
