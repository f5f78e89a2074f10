/** What a person does on the pages with a wallet, by the names that the pages give to things. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "playwright-core";
import { type Abi, decodeFunctionData } from "viem";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import type { Served } from "./served.ts";
import { rpcRequest } from "./signAndSend.ts";
import type { WalletVisitor } from "./visitor.ts";

/** Workers look at the chain every few seconds, and prove on shared cores. */
export const PATIENT = { timeout: 60_000 };
export const PROVING = { timeout: 240_000 };

const CHAIN = 31337;
export const walletOptions = ({ rpcUrl }: Served, account: number) => ({ account, rpcUrl, chainId: CHAIN });

/** Through the list of wallets; nothing is asked of the wallet before it is chosen. A second tab finds it connected. */
export const connect = async ({ page, wallet }: Pick<WalletVisitor, "page" | "wallet">): Promise<void> => {
	const asked = wallet.asked.length;
	const button = page.getByRole("button", { name: "Connect a wallet" });
	const checks = page.getByRole("list", { name: "Checks of the wallet" });
	await button.or(checks).first().waitFor(PATIENT);
	if (await checks.isVisible()) return;
	await button.click();
	const choice = page.getByRole("dialog").getByRole("button", { name: "Test wallet" });
	await choice.waitFor();
	assert.equal(wallet.asked.length, asked);
	await choice.click();
	await checks.waitFor(PATIENT);
};

/** With URL and token typed, as somebody does who reads them from the worker's terminal. */
export const pair = async ({ page }: WalletVisitor, served: Served, name: string): Promise<void> => {
	await page.getByLabel("URL of your worker").fill(served.place(name).workerUrl);
	await page.getByLabel("Token", { exact: true }).fill(await served.token(name));
	await page.getByRole("button", { name: "Pair with the worker" }).click();
	await page.getByRole("list", { name: "Checks of the worker" }).getByText("answers").waitFor(PATIENT);
};

/** On the page of one's role, with wallet and worker. */
export const sitDown = async (visitor: WalletVisitor, served: Served, name: string): Promise<void> => {
	const { page } = visitor;
	await page.goto(served.place(name).role === "hospital" ? "/hospital" : "/committee");
	await connect(visitor);
	const form = page.getByRole("button", { name: "Pair with the worker" });
	const checks = page.getByRole("list", { name: "Checks of the worker" });
	await form.or(checks).first().waitFor(PATIENT);
	if (await form.isVisible()) await pair(visitor, served, name);
};

const ABI: Abi = [...hospitalRegistryAbi, ...modelRegistryAbi, ...roundManagerAbi];

/** Names of the functions that the wallet sent transactions of; "deployment" of a new contract. */
export const sentCalls = ({ wallet }: WalletVisitor): readonly string[] =>
	wallet.asked
		.filter(({ method, outcome }) => method === "eth_sendTransaction" && outcome === "done")
		.map(({ params }) => {
			const { to, data = "0x" } = params[0] as ReturnType<typeof wallet.transactions>[number];
			return to === undefined ? "deployment" : decodeFunctionData({ abi: ABI, data }).functionName;
		});

/** What a wallet was asked for besides transactions of functions that the page explains, each a sign of something wrong. */
export const otherRequests = ({ wallet }: WalletVisitor): readonly string[] =>
	wallet.asked
		.map(({ method }) => method)
		.filter(
			(method) =>
				![
					"eth_requestAccounts",
					"wallet_requestPermissions",
					"eth_sendTransaction",
					"wallet_switchEthereumChain",
				].includes(method),
		);

/**
 * Reads the review, loads the page anew in the middle of it, signs, and waits for the transaction's end on chain.
 * @param title of the explanation, which has to be there before the wallet is asked
 */
export const reviewAndSign = async (
	served: Served,
	visitor: WalletVisitor,
	title: RegExp,
	{ within = visitor.page.locator("main"), reload = true }: { within?: Locator; reload?: boolean } = {},
): Promise<void> => {
	const { page, wallet } = visitor;
	const heading = within.getByRole("heading", { name: title, level: 3 });
	await heading.waitFor(PATIENT);
	if (reload) {
		await page.reload();
		await heading.waitFor(PATIENT);
	}
	const asked = wallet.asked.length;
	await within.getByRole("button", { name: /^(Sign and send|Try again)$/ }).click();
	await untilMined(served, visitor, asked);
};

/** The transaction that was asked for after so many requests is signed and mined. */
export const untilMined = async ({ rpcUrl }: Served, { wallet, page }: WalletVisitor, asked: number): Promise<void> => {
	const until = Date.now() + PATIENT.timeout;
	while (Date.now() < until) {
		const hash = wallet.asked[asked]?.hash;
		if (hash !== undefined) {
			const receipt = await rpcRequest(rpcUrl, "eth_getTransactionReceipt", [hash]);
			if ("result" in receipt && receipt.result !== null) {
				assert.equal((receipt.result as { status: string }).status, "0x1");
				return;
			}
		}
		await sleep(100);
	}
	throw new Error(`no transaction was mined; the page says:\n${await page.locator("main").innerText()}`);
};
