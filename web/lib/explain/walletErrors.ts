/** Errors of wallets (EIP-1193) and nodes in plain words. Told apart by code first; by message only where nodes have no code. */
import { BaseError, formatEther } from "viem";
import type { Problem } from "./types.ts";

const problem = (code: string, title: string, detail: string, nextStep: string): Problem => ({
	code,
	title,
	detail,
	nextStep,
});

/** What sending itself finds out before a wallet is asked. */
export const PROBLEMS = {
	unexplained: problem(
		"UNEXPLAINED",
		"This page can't say what the transaction does",
		"It is not one of the calls that take part in a study, or does not fit what the chain says now.",
		"It was not sent. Reload the page; if it is still offered, your worker or this page has been tampered with.",
	),
	wrongNetwork: (walletChain: number, chain: number, name: string): Problem =>
		problem(
			"WRONG_NETWORK",
			"Your wallet is on another network",
			`It is on chain ${walletChain}; this consortium is on ${name} (chain ${chain}).`,
			"Switch the network in your wallet, then try again. Nothing was sent.",
		),
	wrongAccount: problem(
		"WRONG_ACCOUNT",
		"Your wallet uses another account",
		"The account was changed in the wallet since this step began.",
		"Choose the right account in your wallet, then try again. Nothing was sent.",
	),
	notConnected: problem(
		"NOT_CONNECTED",
		"No wallet is connected",
		"A wallet has to sign this.",
		"Connect your wallet, then try again.",
	),
	funds: (balance: bigint, needed: bigint): Problem =>
		problem(
			"INSUFFICIENT_FUNDS",
			"The balance is too small",
			`The account has ${formatEther(balance)} ETH; the gas may cost up to ${formatEther(needed)} ETH.`,
			"Send some ETH of this network to the account, then try again. Nothing was sent.",
		),
	dropped: problem(
		"DROPPED",
		"The transaction was lost",
		"No node knows it any more, and nothing else was sent in its place.",
		"Send it again. It can't count twice: the contract takes each step once.",
	),
	replaced: problem(
		"REPLACED",
		"Another transaction took its place",
		"Your wallet sent another transaction with the same number, such as a cancellation.",
		"If you did not mean to cancel it, send it again.",
	),
} as const;

const REJECTED = problem(
	"USER_REJECTED",
	"You rejected the transaction",
	"Your wallet was told not to sign.",
	"Nothing was sent. You can sign it whenever you like while it is due.",
);
const BUSY = problem(
	"WALLET_BUSY",
	"Your wallet is waiting for an answer",
	"It already shows a request.",
	"Open your wallet and answer it, then try again.",
);
const UNAUTHORIZED = problem(
	"WALLET_UNAUTHORIZED",
	"The wallet does not let this page use the account",
	"The account is not connected to this page any more.",
	"Connect the wallet again.",
);
const UNSUPPORTED = problem(
	"WALLET_UNSUPPORTED",
	"The wallet can't do this",
	"It does not know the request.",
	"Use another wallet.",
);
const DISCONNECTED = problem(
	"WALLET_DISCONNECTED",
	"The wallet has no connection",
	"It can't reach the network.",
	"Check the wallet's network, then try again.",
);
const UNKNOWN_CHAIN = problem(
	"WRONG_NETWORK",
	"The wallet does not know this network",
	"It can't switch to the consortium's network.",
	"Add the network to your wallet, with the chain id and the RPC URL of this page.",
);

/** EIP-1193 and EIP-1474. */
const BY_CODE: ReadonlyMap<number | string, Problem> = new Map<number | string, Problem>([
	[4001, REJECTED],
	// ethers' and WalletConnect's names for the same.
	["ACTION_REJECTED", REJECTED],
	[5000, REJECTED],
	[4100, UNAUTHORIZED],
	[4200, UNSUPPORTED],
	[-32601, UNSUPPORTED],
	[4900, DISCONNECTED],
	[4901, DISCONNECTED],
	[4902, UNKNOWN_CHAIN],
	[-32002, BUSY],
]);

const UNREACHABLE = problem(
	"NODE_UNREACHABLE",
	"The chain's node does not answer",
	"The RPC node can't be reached, or refuses the request.",
	"Check your connection and that the node is running, then try again. Nothing was sent.",
);
const FUNDS = problem(
	"INSUFFICIENT_FUNDS",
	"The balance is too small",
	"The account can't pay for the gas.",
	"Send some ETH of this network to the account, then try again.",
);
const NONCE = problem(
	"NONCE",
	"The wallet counts its transactions wrongly",
	"The number of the transaction is not the account's next one. On a development chain that started over, wallets remember the old count.",
	"Wait until earlier transactions are mined. On a development chain, clear the account's activity in the wallet.",
);
const FEES = problem(
	"FEES",
	"The fee does not fit",
	"The fee that the wallet offers is below what the network takes now.",
	"Try again; let the wallet choose the fee.",
);

const BY_NAME: ReadonlyMap<string, Problem> = new Map([
	["UserRejectedRequestError", REJECTED],
	["HttpRequestError", UNREACHABLE],
	["WebSocketRequestError", UNREACHABLE],
	["SocketClosedError", UNREACHABLE],
	["TimeoutError", UNREACHABLE],
	["InsufficientFundsError", FUNDS],
	["NonceTooLowError", NONCE],
	["NonceTooHighError", NONCE],
	["NonceMaxValueError", NONCE],
	["FeeCapTooLowError", FEES],
	["FeeCapTooHighError", FEES],
	["TipAboveFeeCapError", FEES],
	["TransactionRejectedRpcError", FEES],
	["ConnectorNotConnectedError", PROBLEMS.notConnected],
	["ConnectorAccountNotFoundError", PROBLEMS.wrongAccount],
]);

/** Where codes are missing or differ from node to node. */
const BY_MESSAGE: readonly (readonly [RegExp, Problem])[] = [
	[/user (?:rejected|denied|cancell?ed)|rejected by (?:the )?user/i, REJECTED],
	[/insufficient funds|doesn't have enough funds|insufficient balance/i, FUNDS],
	[/nonce too (?:low|high)|invalid nonce/i, NONCE],
	[/failed to fetch|network error|load failed|ECONNREFUSED/i, UNREACHABLE],
];

/** The error and its causes, outermost first. */
const chainOf = (error: unknown): readonly unknown[] => {
	const chain: unknown[] = [];
	for (let one: unknown = error; one !== undefined && one !== null && chain.length < 12; ) {
		chain.push(one);
		one = typeof one === "object" && "cause" in one ? one.cause : undefined;
	}
	return chain;
};

const codeOf = (error: unknown): unknown =>
	typeof error === "object" && error !== null && "code" in error ? error.code : undefined;

const messageOf = (error: unknown): string => {
	if (error instanceof BaseError) return `${error.shortMessage} ${error.details}`;
	return typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
};

/** Undefined for an error of another kind. */
export const walletProblem = (error: unknown): Problem | undefined => {
	const chain = chainOf(error);
	for (const one of chain) {
		const code = codeOf(one);
		const known = typeof code === "number" || typeof code === "string" ? BY_CODE.get(code) : undefined;
		if (known !== undefined) return known;
	}
	// The innermost says it best: libraries wrap what a node or wallet said.
	for (const one of chain.toReversed()) {
		const known = one instanceof Error ? BY_NAME.get(one.name) : undefined;
		if (known !== undefined) return known;
	}
	for (const one of chain) {
		const known = BY_MESSAGE.find(([pattern]) => pattern.test(messageOf(one)));
		if (known !== undefined) return known[1];
	}
	return undefined;
};
