/**
 * From bare contracts to a study with its hospitals and committee, through the pages: a coordinator, three hospitals and three members, each with a browser and a
 * wallet of their own; and what goes wrong in between. Every review is loaded anew before it is signed.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe } from "node:test";
import { ROOT } from "../../scripts/checks/steps.ts";
import { axeEverywhere, axeViolations } from "../support/browser/axe.ts";
import {
	connect,
	PATIENT,
	pair,
	press,
	reviewAndSign,
	sentCalls,
	sitDown,
	untilMined,
} from "../support/browser/desk.ts";
import { HOSPITALS, MEMBERS, step } from "../support/browser/story.ts";
import type { WalletVisitor } from "../support/browser/visitor.ts";

/** Of the development phrase, without any ether. */
const POOR_ACCOUNT = 4_711;

/** From the table of participants that the configuration names. */
const admit = (visitor: WalletVisitor, title: string): Promise<void> => {
	const row = visitor.page.getByRole("row").filter({ hasText: title });
	return press(visitor, row.getByRole("button", { name: /^Admit/ }));
};

describe("before a round, through the pages", () => {
	step(
		"a wallet on another network, without ether, or not the coordinator's can look at everything and sign nothing",
		async ({ served, person }) => {
			const stranger = await person("stranger", POOR_ACCOUNT);
			const { page, wallet } = stranger;
			await page.goto("/coordinator");
			await connect(stranger);
			await wallet.switchTo(1);
			await page.getByText("wrong network: chain 1").waitFor();
			assert.deepEqual(await axeEverywhere(page), []);
			wallet.rejectNext();
			await press(stranger, page.getByRole("button", { name: /^Switch to / }));
			await page
				.getByText(/declined|rejected/i)
				.first()
				.waitFor();
			assert.equal(wallet.chainId(), 1);
			await press(stranger, page.getByRole("button", { name: /^Switch to / }));
			await page.getByText("Send this account some ETH to pay for gas.").waitFor();
			await page.getByText(/This wallet is not the coordinator/).waitFor();
			await admit(stranger, served.place("hospital-1").title);
			await page.getByText(/only the coordinator's can/).waitFor();
			assert.equal(await page.getByRole("button", { name: "Sign and send" }).count(), 0);
			assert.deepEqual(sentCalls(stranger), []);
		},
	);

	step(
		"the coordinator admits three hospitals and three members; a rejected signature can be given after all",
		async ({ served, person }) => {
			const coordinator = await person("coordinator");
			const { page, wallet } = coordinator;
			await page.goto("/coordinator");
			await connect(coordinator);
			await page.getByText("This wallet is the coordinator").waitFor();
			for (const name of [...HOSPITALS, ...MEMBERS]) {
				const { title, address } = served.place(name);
				await admit(coordinator, title);
				if (name === "hospital-1") {
					await page.getByRole("heading", { name: /^Admit .* as a hospital$/ }).waitFor();
					const before = wallet.asked.length;
					wallet.rejectNext();
					await press(coordinator, page.getByRole("button", { name: "Sign and send" }));
					const alert = page.locator("main").getByRole("alert");
					await alert.waitFor();
					assert.match(await alert.innerText(), /declined|rejected/i);
					assert.equal(wallet.asked[before]?.outcome, "rejected");
					assert.deepEqual(await axeViolations(page), []);
				}
				const heading = new RegExp(`^Admit .* as a ${name.startsWith("hospital") ? "hospital" : "committee member"}$`);
				await reviewAndSign(served, coordinator, heading);
				await page
					.getByText(/Confirmed in block|is admitted/)
					.first()
					.waitFor(PATIENT);
				assert.ok(wallet.transactions().at(-1)?.data?.toLowerCase().endsWith(address.slice(2).toLowerCase()));
				await press(coordinator, page.getByRole("button", { name: "Close" }));
			}
			assert.deepEqual(sentCalls(coordinator), [
				...HOSPITALS.map(() => "admitHospital"),
				...MEMBERS.map(() => "admitMember"),
			]);
		},
	);

	step("what the contract would refuse is told in words, and the wallet is not asked", async ({ served, person }) => {
		const coordinator = await person("coordinator");
		const { page, wallet } = coordinator;
		const { address } = served.place("member-3");
		// The page of a second tab that has not heard of what the first one did: its node answers, but tells of no new events.
		const stale = await coordinator.context.newPage();
		await stale.goto(`/coordinator?act=removeMember&address=${address}`);
		const review = stale.getByRole("heading", { name: /^Remove .* from the committee members$/ });
		await connect({ page: stale, wallet, byKeyboard: false });
		await review.waitFor(PATIENT);
		await page.goto(`/coordinator?act=removeMember&address=${address}`);
		await reviewAndSign(served, coordinator, /^Remove .* from the committee members$/);
		const before = wallet.asked.length;
		const sign = stale.getByRole("button", { name: "Sign and send" });
		await sign.click();
		const alert = stale.locator("main").getByRole("alert");
		await alert.waitFor(PATIENT);
		const text = await alert.innerText();
		assert.match(text, /HospitalRegistry__\w+/);
		assert.match(text, /member/i);
		assert.doesNotMatch(text, /0x[0-9a-f]{8}\b|execution reverted/);
		assert.equal(wallet.asked.length, before);
		await stale.close();
		await page.goto(`/coordinator?act=admitMember&address=${address}`);
		await reviewAndSign(served, coordinator, /^Admit .* as a committee member$/);
	});

	step("the coordinator creates a study from its file and its package", async ({ served, person }) => {
		const coordinator = await person("coordinator");
		const { page } = coordinator;
		// Blocks that nobody has published yet.
		const allowed = coordinator.watch.allow(/404.*\/ipfs\//);
		const chooseFiles = async (): Promise<void> => {
			await page.locator('input[name="study"]').setInputFiles(join(ROOT, "studies/wdbc.json"));
			await page.locator('input[name="package"]').setInputFiles(served.studyPackage ?? "");
		};
		await page.goto("/coordinator?tab=study");
		await chooseFiles();
		await pair(coordinator, served, "coordinator");
		await press(coordinator, page.getByRole("button", { name: "Publish what is missing" }));
		await page.getByText("All five are published").waitFor(PATIENT);
		assert.deepEqual(await axeViolations(page), []);
		for (const title of [/^Deploy the verifier of updates$/, /^Deploy the verifier of key sums$/, /^Create a study$/]) {
			await page.reload();
			await chooseFiles();
			const review = page.locator("main").getByRole("heading", { name: title, level: 3 });
			await review.waitFor(PATIENT);
			const asked = coordinator.wallet.asked.length;
			await press(coordinator, page.getByRole("button", { name: "Sign and send" }));
			await untilMined(served, coordinator, asked);
		}
		await page
			.getByText(/study 1\b/i)
			.first()
			.waitFor(PATIENT);
		allowed();
		assert.deepEqual(sentCalls(coordinator).slice(-3), ["deployment", "deployment", "createStudy"]);
	});

	step(
		"hospitals commit to their data after the doctor's summary, members register their share keys",
		async ({ served, person }) => {
			// One after another: windows that are opened at the same time only wait for each other.
			for (const name of [...HOSPITALS, ...MEMBERS]) {
				const visitor = await person(name);
				await sitDown(visitor, served, name);
				if (name.startsWith("hospital")) {
					await visitor.page.getByText(/^Data: /).waitFor(PATIENT);
					await reviewAndSign(served, visitor, /^Commit to your data set$/);
				} else await reviewAndSign(served, visitor, /^Register your share key$/);
			}
			for (const name of HOSPITALS) assert.deepEqual(sentCalls(await person(name)), ["commitDataset"]);
			for (const name of MEMBERS) assert.deepEqual(sentCalls(await person(name)), ["registerShareKey"]);
			assert.deepEqual(await axeEverywhere((await person("hospital-1")).page), []);
			assert.deepEqual(await axeEverywhere((await person("member-1")).page), []);
		},
	);
});
