/** What a person does on the pages with a wallet, by the names that the pages give to things. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "playwright-core";
import { type Abi, decodeFunctionData } from "viem";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { pressOn, tabTo } from "./keyboard.ts";
import type { Served } from "./served.ts";
import { rpcRequest } from "./signAndSend.ts";
import type { WalletVisitor } from "./visitor.ts";

/** Workers look at the chain every few seconds, and prove on shared cores. */
export const PATIENT = { timeout: 60_000 };
export const PROVING = { timeout: 240_000 };

/** What a page meets while its worker is away, and then has another token. */
export const WORKER_AWAY = /127\.0\.0\.1:\d+\/v1\/|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY|401/;

const CHAIN = 31337;
export const walletOptions = ({ rpcUrl }: Served, account: number) => ({ account, rpcUrl, chainId: CHAIN });

/** As this person does it: with the mouse, or by Tab and Enter alone, where the focus has to be seen. */
export const press = (
	{ page, byKeyboard }: Pick<WalletVisitor, "page" | "byKeyboard">,
	target: Locator,
	options?: { readonly timeout: number },
): Promise<void> => (byKeyboard ? target.waitFor(options).then(() => pressOn(page, target)) : target.click(options));

const type = async ({ page, byKeyboard }: WalletVisitor, field: Locator, text: string): Promise<void> => {
	if (!byKeyboard) return field.fill(text);
	await tabTo(page, field);
	await page.keyboard.press("ControlOrMeta+a");
	await page.keyboard.insertText(text);
};

/** Through the list of wallets; nothing is asked of the wallet before it is chosen. A second tab finds it connected. */
export const connect = async (visitor: Pick<WalletVisitor, "page" | "wallet" | "byKeyboard">): Promise<void> => {
	const { page, wallet } = visitor;
	const asked = wallet.asked.length;
	const button = page.getByRole("button", { name: "Connect a wallet" });
	const checks = page.getByRole("list", { name: "Checks of the wallet" });
	await button.or(checks).first().waitFor(PATIENT);
	if (await checks.isVisible()) return;
	await press(visitor, button);
	const choice = page.getByRole("dialog").getByRole("button", { name: "Test wallet" });
	await choice.waitFor();
	assert.equal(wallet.asked.length, asked);
	await press(visitor, choice);
	await checks.waitFor(PATIENT);
};

/** With URL and token typed, as somebody does who reads them from the worker's terminal. */
export const pair = async (visitor: WalletVisitor, served: Served, name: string): Promise<void> => {
	const { page } = visitor;
	await type(visitor, page.getByLabel("URL of your worker"), served.place(name).workerUrl);
	await type(visitor, page.getByLabel("Token", { exact: true }), await served.token(name));
	await press(visitor, page.getByRole("button", { name: "Pair with the worker" }));
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
export const reviewAndSign = async (served: Served, visitor: WalletVisitor, title: RegExp): Promise<void> => {
	const { page, wallet } = visitor;
	const within = page.locator("main");
	const heading = within.getByRole("heading", { name: title, level: 3 });
	await heading.waitFor(PATIENT);
	await page.reload();
	await heading.waitFor(PATIENT);
	const asked = wallet.asked.length;
	await press(visitor, within.getByRole("button", { name: /^(Sign and send|Try again)$/ }));
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

export const openRound = async (served: Served, coordinator: WalletVisitor): Promise<void> => {
	const { page } = coordinator;
	await page.goto("/coordinator?tab=open");
	await press(coordinator, page.getByRole("button", { name: "Review the opening" }), PATIENT);
	await reviewAndSign(served, coordinator, /^Open a round of study 1$/);
	assert.equal(sentCalls(coordinator).at(-1), "openRound");
};
