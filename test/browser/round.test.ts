/**
 * A whole round through the pages, with real proofs: a coordinator, three hospitals and three members, each with a browser and a wallet of their own, from
 * bare contracts to the finalized model; and what goes wrong in between. Every review is loaded anew before it is signed.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { ROOT } from "../../scripts/checks/steps.ts";
import { axeEverywhere, axeViolations } from "../support/browser/axe.ts";
import { launchBrowser } from "../support/browser/chromium.ts";
import {
	connect,
	otherRequests,
	PATIENT,
	PROVING,
	pair,
	reviewAndSign,
	sentCalls,
	sitDown,
	untilMined,
	walletOptions,
} from "../support/browser/desk.ts";
import type { Served } from "../support/browser/served.ts";
import { servedDemo } from "../support/browser/sharedServed.ts";
import { rpcRequest } from "../support/browser/signAndSend.ts";
import { openWalletVisitor, type WalletVisitor } from "../support/browser/visitor.ts";

const HOSPITALS = ["hospital-1", "hospital-2", "hospital-3"] as const;
const MEMBERS = ["member-1", "member-2", "member-3"] as const;
/** As many as are needed: the third member vanishes after it took its seat. */
const ACTIVE_MEMBERS = MEMBERS.slice(0, 2);
/** Of the development phrase, without any ether. */
const POOR_ACCOUNT = 4_711;

let served: Served;
let browser: Browser;
const people = new Map<string, WalletVisitor>();

const person = async (name: string): Promise<WalletVisitor> => {
	const known = people.get(name);
	if (known !== undefined) return known;
	const visitor = await openWalletVisitor(browser, served.url, walletOptions(served, served.place(name).accountIndex));
	people.set(name, visitor);
	return visitor;
};

/** From the table of participants that the configuration names. */
const admit = (page: Page, title: string): Promise<void> =>
	page
		.getByRole("row")
		.filter({ hasText: title })
		.getByRole("button", { name: /^Admit/ })
		.click();

/** What everybody sees, for the message of a step that failed. */
const shownPages = async (): Promise<string> => {
	const texts: string[] = [];
	for (const [name, { page, watch }] of people) {
		if (page.isClosed()) continue;
		texts.push(
			`--- ${name} at ${page.url()}\n${await page.locator("main").innerText()}\n${watch.problems().join("\n")}`,
		);
	}
	return texts.join("\n");
};

/** A step of one story: nothing after one that failed says anything. */
let failed: string | undefined;
const step = (name: string, run: () => Promise<void>): void =>
	void test(name, async (context) => {
		if (failed !== undefined) return context.skip(`after "${failed}"`);
		try {
			await run();
		} catch (error) {
			failed = name;
			throw new Error(`${String(error)}\n${await shownPages()}`, { cause: error });
		}
	});

before(async () => {
	[served, browser] = await Promise.all([servedDemo(), launchBrowser()]);
});
after(async () => {
	await browser?.close();
});

step(
	"a wallet on another network, without ether, or not the coordinator's can look at everything and sign nothing",
	async () => {
		const stranger = await openWalletVisitor(browser, served.url, walletOptions(served, POOR_ACCOUNT));
		people.set("stranger", stranger);
		const { page, wallet } = stranger;
		await page.goto("/coordinator");
		await connect(stranger);
		await wallet.switchTo(1);
		await page.getByText("wrong network: chain 1").waitFor();
		assert.deepEqual(await axeEverywhere(page), []);
		wallet.rejectNext();
		await page.getByRole("button", { name: /^Switch to / }).click();
		await page
			.getByText(/declined|rejected/i)
			.first()
			.waitFor();
		assert.equal(wallet.chainId(), 1);
		await page.getByRole("button", { name: /^Switch to / }).click();
		await page.getByText("Send this account some ETH to pay for gas.").waitFor();
		await page.getByText(/This wallet is not the coordinator/).waitFor();
		await admit(page, served.place("hospital-1").title);
		await page.getByText(/only the coordinator's can/).waitFor();
		assert.equal(await page.getByRole("button", { name: "Sign and send" }).count(), 0);
		assert.deepEqual(sentCalls(stranger), []);
	},
);

step(
	"the coordinator admits three hospitals and three members; a rejected signature can be given after all",
	async () => {
		const coordinator = await person("coordinator");
		const { page, wallet } = coordinator;
		await page.goto("/coordinator");
		await connect(coordinator);
		await page.getByText("This wallet is the coordinator").waitFor();
		for (const name of [...HOSPITALS, ...MEMBERS]) {
			const { title, address } = served.place(name);
			await admit(page, title);
			if (name === "hospital-1") {
				await page.getByRole("heading", { name: /^Admit .* as a hospital$/ }).waitFor();
				const before = wallet.asked.length;
				wallet.rejectNext();
				await page.getByRole("button", { name: "Sign and send" }).click();
				const alert = page.locator("main").getByRole("alert");
				await alert.waitFor();
				assert.match(await alert.innerText(), /declined|rejected/i);
				assert.equal(wallet.asked[before]?.outcome, "rejected");
				assert.deepEqual(await axeViolations(page), []);
			}
			const heading = new RegExp(`^Admit .* as a ${name.startsWith("hospital") ? "hospital" : "committee member"}$`);
			await reviewAndSign(served, coordinator, heading, { reload: name === "member-1" });
			await page
				.getByText(/Confirmed in block|is admitted/)
				.first()
				.waitFor(PATIENT);
			assert.ok(wallet.transactions().at(-1)?.data?.toLowerCase().endsWith(address.slice(2).toLowerCase()));
			await page.getByRole("button", { name: "Close" }).click();
		}
		assert.deepEqual(sentCalls(coordinator), [
			...HOSPITALS.map(() => "admitHospital"),
			...MEMBERS.map(() => "admitMember"),
		]);
	},
);

step("what the contract would refuse is told in words, and the wallet is not asked", async () => {
	const coordinator = await person("coordinator");
	const { page, wallet } = coordinator;
	const { address } = served.place("member-3");
	// The page of a second tab that has not heard of what the first one did: its node answers, but tells of no new events.
	const stale = await coordinator.context.newPage();
	await stale.goto(`/coordinator?act=removeMember&address=${address}`);
	const review = stale.getByRole("heading", { name: /^Remove .* from the committee members$/ });
	await connect({ page: stale, wallet });
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

step("the coordinator creates a study from its file and its package", async () => {
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
	await page.getByRole("button", { name: "Publish what is missing" }).click();
	await page.getByText("All five are published").waitFor(PATIENT);
	assert.deepEqual(await axeViolations(page), []);
	for (const title of [/^Deploy the verifier of updates$/, /^Deploy the verifier of key sums$/, /^Create a study$/]) {
		await page.reload();
		await chooseFiles();
		const review = page.locator("main").getByRole("heading", { name: title, level: 3 });
		await review.waitFor(PATIENT);
		const asked = coordinator.wallet.asked.length;
		await page.getByRole("button", { name: "Sign and send" }).click();
		await untilMined(served, coordinator, asked);
	}
	await page
		.getByText(/study 1\b/i)
		.first()
		.waitFor(PATIENT);
	allowed();
	assert.deepEqual(sentCalls(coordinator).slice(-3), ["deployment", "deployment", "createStudy"]);
});

step("hospitals commit to their data after the doctor's summary, members register their share keys", async () => {
	await Promise.all(
		[...HOSPITALS, ...MEMBERS].map(async (name) => {
			const visitor = await person(name);
			const { page } = visitor;
			await sitDown(visitor, served, name);
			if (name.startsWith("hospital")) {
				await page.getByText(/^Data: /).waitFor(PATIENT);
				await reviewAndSign(served, visitor, /^Commit to your data set$/);
			} else await reviewAndSign(served, visitor, /^Register your share key$/);
		}),
	);
	for (const name of HOSPITALS) assert.deepEqual(sentCalls(await person(name)), ["commitDataset"]);
	for (const name of MEMBERS) assert.deepEqual(sentCalls(await person(name)), ["registerShareKey"]);
	assert.deepEqual(await axeEverywhere((await person("hospital-1")).page), []);
	assert.deepEqual(await axeEverywhere((await person("member-1")).page), []);
});

const openRound = async (): Promise<void> => {
	const coordinator = await person("coordinator");
	const { page } = coordinator;
	await page.goto("/coordinator?tab=open");
	await page.getByRole("button", { name: "Review the opening" }).click(PATIENT);
	await reviewAndSign(served, coordinator, /^Open a round of study 1$/, { reload: false });
	assert.equal(sentCalls(coordinator).at(-1), "openRound");
};

step("the coordinator opens a round", openRound);

step(
	"hospitals train and prove; one worker is killed in the middle, comes back with another token and goes on",
	async () => {
		const visitor = await person("hospital-2");
		const { page } = visitor;
		await page.getByRole("progressbar", { name: "Progress of the proofs" }).waitFor(PATIENT);
		assert.deepEqual(await axeViolations(page), []);
		// What a page meets while its worker is away.
		const allowed = visitor.watch.allow(/127\.0\.0\.1:\d+\/v1\/|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY|401/);
		process.kill(served.place("hospital-2").pid, "SIGKILL");
		await page
			.getByText(/does not answer|has another token now/)
			.first()
			.waitFor(PATIENT);
		await page.getByText("has another token now").waitFor(PATIENT);
		assert.deepEqual(await axeViolations(page), []);
		await pair(visitor, served, "hospital-2");
		allowed();
		await Promise.all(
			HOSPITALS.map(async (name) => {
				const hospital = await person(name);
				await hospital.page.getByRole("heading", { name: /^Submit your update for round 1$/ }).waitFor(PROVING);
			}),
		);
	},
);

step("hospitals review what becomes public and what stays private, and submit", async () => {
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

step("two members confirm, the set is frozen, they open the key sum and attest: the round is finalized", async () => {
	for (const name of ACTIVE_MEMBERS) {
		await reviewAndSign(served, await person(name), /^Confirm that you hold 3 bundles of round 1$/);
	}
	const freezing = await person("member-1");
	await reviewAndSign(served, freezing, /^Freeze the set of updates of round 1$/);
	await Promise.all(
		ACTIVE_MEMBERS.map(async (name) => {
			const visitor = await person(name);
			await visitor.page.getByRole("heading", { name: /^Open your part of the key sum of round 1$/ }).waitFor(PROVING);
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
});

step("a round whose time is over is failed from the page", async () => {
	await openRound();
	const coordinator = await person("coordinator");
	const { page } = coordinator;
	// Longer than the submissions and the checking may take.
	await rpcRequest(served.rpcUrl, "evm_increaseTime", [3 * 3_600]);
	// The page takes the chain's clock from its last block.
	await rpcRequest(served.rpcUrl, "evm_mine", []);
	await page.goto("/coordinator?tab=rounds");
	await page.getByRole("button", { name: "Fail the round" }).click(PATIENT);
	await reviewAndSign(served, coordinator, /^Fail round 2, whose time is over$/);
	await page.goto("/rounds/2");
	await page
		.getByText(/failed/i)
		.first()
		.waitFor(PATIENT);
	assert.equal(sentCalls(coordinator).at(-1), "fail");
});

step("nothing else was signed, nothing secret is kept, nobody else was asked, nothing went wrong unseen", async () => {
	const { host } = new URL(served.url);
	for (const [name, visitor] of people) {
		assert.deepEqual(otherRequests(visitor), [], name);
		visitor.assertClean();
		const { local, session, cookies, databases, caches } = await visitor.storage();
		assert.deepEqual({ cookies, databases, caches }, { cookies: [], databases: [], caches: [] });
		assert.deepEqual(
			Object.keys(local).filter((key) => !/color-scheme/.test(key)),
			[],
		);
		const token = name === "stranger" ? "no worker's" : await served.token(name);
		for (const [key, value] of Object.entries(session)) {
			if (!/worker|pair/i.test(key)) assert.ok(!value.includes(token), `${name}: ${key} holds the worker's token`);
		}
		assert.ok(new URL(visitor.page.url()).host === host);
	}
	for (const visitor of people.values()) await visitor.close();
});
