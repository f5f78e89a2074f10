/**
 * A second round of the same consortium, in which a hospital registers another bundle than the one that it proved: a member's worker finds that out, the member
 * shows it to the contract, the coordinator lifts the bar again, and the round, which has too few updates, is failed when its time is over.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe } from "node:test";
import { decodeFunctionData, encodeFunctionData } from "viem";
import { requireDigest } from "../../worker/adapters/ipfs/cid.ts";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { roundManagerAbi } from "../../worker/protocol/generated/abi.ts";
import { axeEverywhere } from "../support/browser/axe.ts";
import {
	connect,
	openRound,
	PATIENT,
	PROVING,
	press,
	reviewAndSign,
	sentCalls,
	sitDown,
} from "../support/browser/desk.ts";
import type { ServedPlace } from "../support/browser/served.ts";
import { rpcRequest } from "../support/browser/signAndSend.ts";
import { assertDiscreet, tellStory } from "../support/browser/story.ts";
import type { AskedTransaction } from "../support/browser/wallet.ts";

const LIAR = "hospital-3";
const HONEST = ["hospital-1", "hospital-2"] as const;
/** Within the ciphertext. */
const CIPHERTEXT_BYTE = 300;
/** Seconds: longer than the submissions and the checking may take. */
const ALL_THE_TIME = 3 * 3_600;

/** The same update with the digest of a bundle that differs in one bit, which is in the hospital's store from now on. */
const withAnotherBundle =
	({ folder }: ServedPlace) =>
	async ({ data = "0x", ...rest }: AskedTransaction): Promise<AskedTransaction> => {
		const { functionName, args } = decodeFunctionData({ abi: roundManagerAbi, data });
		if (functionName !== "submitUpdate") throw new RangeError(`asked for ${functionName}`);
		const [roundId, digest, segments, encryption] = args;
		const store = diskStore(join(folder, "ipfs"));
		const bytes = Uint8Array.from(await store.get(requireDigest(digest)));
		bytes[CIPHERTEXT_BYTE] = (bytes[CIPHERTEXT_BYTE] ?? 0) ^ 1;
		const forged = await store.put(bytes);
		return {
			...rest,
			data: encodeFunctionData({ abi: roundManagerAbi, functionName, args: [roundId, forged, segments, encryption] }),
		};
	};

describe("a round with a lie", () => {
	const step = tellStory();

	step("a hospital proves its update, and its wallet registers another bundle with it", async ({ served, person }) => {
		// The others' proofs would only take the time of this one's.
		for (const name of HONEST) process.kill(served.place(name).pid, "SIGSTOP");
		const coordinator = await person("coordinator");
		await coordinator.page.goto("/coordinator");
		await connect(coordinator);
		await openRound(served, coordinator);
		const liar = await person(LIAR);
		await sitDown(liar, served, LIAR);
		await liar.page.getByRole("heading", { name: /^Submit your update for round 2$/ }).waitFor(PROVING);
		liar.wallet.falsifyNext(withAnotherBundle(served.place(LIAR)));
		await reviewAndSign(served, liar, /^Submit your update for round 2$/);
	});

	step(
		"a member's worker finds that the bundle is not what was proven, and the member shows it to the contract",
		async ({ served, person }) => {
			const member = await person("member-1");
			const { page } = member;
			await sitDown(member, served, "member-1");
			await page.getByText("A bundle is not what its proof says").waitFor(PATIENT);
			assert.deepEqual(await axeEverywhere(page), []);
			await reviewAndSign(served, member, /^Challenge the update of .* in round 2$/);
			assert.deepEqual(sentCalls(member), ["challengeUpdate"]);
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
		assert.deepEqual(sentCalls(liar), ["submitUpdate", "commitDataset"]);
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
		for (const name of HONEST) process.kill(served.place(name).pid, "SIGCONT");
	});

	step(
		"nothing else was signed, nothing secret is kept, nobody else was asked, nothing went wrong unseen",
		assertDiscreet,
	);
});
