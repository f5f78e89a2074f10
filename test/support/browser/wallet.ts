/** A wallet under the test's control. Keys stay in this process; a page gets a provider that asks here, and all that it asks is kept. */
import type { BrowserContext } from "playwright-core";
import { type Address, type Hex, numberToHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { injectProviders, type ProviderInfo, type WalletAnswer } from "./injectedProvider.ts";
import { rpcRequest, sendSigned } from "./signAndSend.ts";

/** The phrase that Hardhat's and every other development chain's accounts come from. */
const DEVELOPMENT_PHRASE = "test test test test test test test test test test test junk";
const ICON = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#555"/></svg>')}`;

export type AskedTransaction = {
	readonly from?: Address;
	readonly to?: Address;
	readonly data?: Hex;
	readonly value?: Hex;
};

/** Something that a person would have been asked to agree to. */
export type Asked = {
	readonly method: string;
	readonly params: readonly unknown[];
	/** Undefined while the wallet waits for its person. */
	outcome?: "rejected" | "refused" | "done";
	/** Of a transaction that was sent. */
	hash?: Hex;
};

export type WalletOptions = {
	/** Of the development accounts. */
	readonly account: number;
	readonly rpcUrl: string;
	readonly chainId: number;
	/** The chain that the wallet is on at first; by default the above. */
	readonly startsOn?: number;
	/** Names of the wallets that announce themselves, all with the same account. */
	readonly names?: readonly string[];
};

export type TestWallet = {
	readonly address: Address;
	readonly asked: readonly Asked[];
	/** Transactions that it was asked for, whatever became of them. */
	readonly transactions: () => readonly AskedTransaction[];
	/** The person says no to what comes next. */
	readonly rejectNext: () => void;
	/** The person takes so many milliseconds from now on. */
	readonly answerAfter: (milliseconds: number) => void;
	/** The person switches the wallet to another network by hand. */
	readonly switchTo: (chainId: number) => Promise<void>;
	readonly chainId: () => number;
	/** The person disconnects the page in the wallet. */
	readonly disconnect: () => Promise<void>;
};

/** What asks a person, and so has to be explained first by whoever asks; everything else just reads. */
const ASKS_PERSON =
	/^(eth_requestAccounts|wallet_requestPermissions|wallet_(switch|add)EthereumChain|eth_sendTransaction|eth_sign.*|personal_.*|wallet_sendCalls|wallet_watchAsset)$/;
const rejected: WalletAnswer = { error: { code: 4001, message: "User rejected the request." } };

export const installWallet = async (context: BrowserContext, options: WalletOptions): Promise<TestWallet> => {
	const { account: addressIndex, rpcUrl, chainId: home, names = ["Test wallet"] } = options;
	const account = mnemonicToAccount(DEVELOPMENT_PHRASE, { addressIndex });
	const shown = account.address.toLowerCase() as Address;
	const providers = names.map(
		(name, index): ProviderInfo => ({
			uuid: `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`,
			name,
			icon: ICON,
			rdns: `test.wallet.n${index + 1}`,
		}),
	);
	const connected = new Set<string>();
	const known = new Set([home, options.startsOn ?? home]);
	const asked: Asked[] = [];
	let current = options.startsOn ?? home;
	let rejecting = false;
	let delay = 0;

	const tell = async (name: string, payload: unknown): Promise<void> => {
		for (const page of context.pages()) {
			for (const { uuid } of providers) {
				await page.evaluate((detail) => void window.dispatchEvent(new CustomEvent("test-wallet", { detail })), {
					uuid,
					name,
					payload,
				});
			}
		}
	};
	const moveTo = async (chainId: number): Promise<void> => {
		if (chainId === current) return;
		current = chainId;
		await tell("chainChanged", numberToHex(chainId));
	};

	const permissions = () => [
		{ parentCapability: "eth_accounts", caveats: [{ type: "restrictReturnedAccounts", value: [shown] }] },
	];

	/** What the person agreed to. */
	const carryOut = async (uuid: string, request: Asked): Promise<WalletAnswer> => {
		const [first] = request.params;
		switch (request.method) {
			case "eth_requestAccounts":
			case "wallet_requestPermissions":
				connected.add(uuid);
				return { result: request.method === "eth_requestAccounts" ? [shown] : permissions() };
			case "wallet_addEthereumChain":
			case "wallet_switchEthereumChain": {
				const chainId = Number((first as { chainId: Hex }).chainId);
				if (request.method === "wallet_addEthereumChain") known.add(chainId);
				if (!known.has(chainId)) return { error: { code: 4902, message: `Unrecognized chain ID ${chainId}.` } };
				await moveTo(chainId);
				return { result: null };
			}
			case "eth_sendTransaction": {
				if (!connected.has(uuid)) return { error: { code: 4100, message: "Not connected." } };
				if (current !== home) return { error: { code: 4901, message: "The wallet has no node of this chain." } };
				const answer = await sendSigned({ rpcUrl, account, chainId: home, transaction: first as AskedTransaction });
				if ("result" in answer) request.hash = answer.result as Hex;
				return answer;
			}
			// A dApp that explains all it asks for asks for nothing else.
			default:
				return { error: { code: 4200, message: `${request.method} is not supported.` } };
		}
	};

	const answer = async (uuid: string, method: string, params: readonly unknown[]): Promise<WalletAnswer> => {
		if (method === "eth_accounts") return { result: connected.has(uuid) ? [shown] : [] };
		if (method === "eth_chainId") return { result: numberToHex(current) };
		if (method === "net_version") return { result: String(current) };
		if (method === "wallet_getPermissions") return { result: connected.has(uuid) ? permissions() : [] };
		if (method === "wallet_revokePermissions") {
			connected.delete(uuid);
			return { result: null };
		}
		if (!ASKS_PERSON.test(method)) {
			if (current !== home || !method.startsWith("eth_"))
				return { error: { code: 4200, message: `no method ${method}` } };
			return rpcRequest(rpcUrl, method, params);
		}
		const request: Asked = { method, params };
		asked.push(request);
		const rejects = rejecting;
		rejecting = false;
		await new Promise((resolve) => setTimeout(resolve, delay));
		const outcome = rejects ? rejected : await carryOut(uuid, request);
		request.outcome = rejects ? "rejected" : "error" in outcome ? "refused" : "done";
		return outcome;
	};

	const binding = "askTestWallet";
	await context.exposeBinding(binding, (_, uuid: string, method: string, params: readonly unknown[]) =>
		answer(uuid, method, params),
	);
	await context.addInitScript(injectProviders, { binding, event: "test-wallet", providers });

	return {
		address: account.address,
		asked,
		transactions: () =>
			asked.filter(({ method }) => method === "eth_sendTransaction").map(({ params }) => params[0] as AskedTransaction),
		rejectNext: () => {
			rejecting = true;
		},
		answerAfter: (milliseconds) => {
			delay = milliseconds;
		},
		switchTo: moveTo,
		chainId: () => current,
		disconnect: async () => {
			connected.clear();
			await tell("accountsChanged", []);
		},
	};
};
