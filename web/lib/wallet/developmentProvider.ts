/**
 * A wallet for development chains: an EIP-1193 provider over the node's own unlocked accounts. It asks before it shows an account and before it
 * sends anything, as a wallet does; it signs no messages. Nobody's key is in the page: the node signs.
 */
import { type Address, getAddress, type Hex, isAddress, isHex } from "viem";
import { z } from "zod";

export type DevelopmentTransaction = {
	readonly from: Address;
	readonly to: Address | undefined;
	readonly data: Hex;
	readonly gas: Hex | undefined;
};

export type DevelopmentWalletPorts = {
	/** The node. Rejects with what it answers. */
	readonly rpc: (method: string, params: unknown) => Promise<unknown>;
	/** The account that the user chooses; undefined when the user rejects. */
	readonly choose: (accounts: readonly Address[]) => Promise<Address | undefined>;
	readonly confirm: (transaction: DevelopmentTransaction) => Promise<boolean>;
	/** Keeps the chosen account over a reload. */
	readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
};

/** EIP-1193. */
class ProviderError extends Error {
	override readonly name = "ProviderRpcError";
	readonly code: number;
	constructor(code: number, message: string) {
		super(message);
		this.code = code;
	}
}

const KEY = "decentrahealth/development-account";

const accountsSchema = z
	.array(z.string().refine((text) => isAddress(text, { strict: false })))
	.transform((all) => all.map((one) => getAddress(one)));

const address = z
	.string()
	.refine((text) => isAddress(text, { strict: false }))
	.transform((text) => getAddress(text));
const hex = z.string().refine((text): text is Hex => isHex(text, { strict: true }));
const transactionsSchema = z.tuple([
	z.object({
		from: address,
		to: address.optional(),
		data: hex.default("0x"),
		gas: hex.optional(),
		value: hex.optional(),
		chainId: hex.optional(),
	}),
]);

const switchSchema = z.tuple([z.object({ chainId: hex })]);

/** Reads that wallets pass on to their node. */
const PASSED_ON =
	/^(?:eth_(?:chainId|blockNumber|call|estimateGas|gasPrice|getBalance|getBlock.*|getCode|getTransaction.*|feeHistory|maxPriorityFeePerGas)|net_version)$/;

type Listener = (...args: unknown[]) => void;

export const createDevelopmentProvider = ({ rpc, choose, confirm, storage }: DevelopmentWalletPorts) => {
	const listeners = new Map<string, Set<Listener>>();
	const nodeAccounts = async (): Promise<readonly Address[]> => accountsSchema.parse(await rpc("eth_accounts", []));

	const connected = async (): Promise<readonly Address[]> => {
		const chosen = storage.getItem(KEY);
		if (chosen === null) return [];
		return (await nodeAccounts()).filter((account) => account === chosen);
	};

	const connect = async (): Promise<readonly Address[]> => {
		const known = await connected();
		if (known.length > 0) return known;
		const chosen = await choose(await nodeAccounts());
		if (chosen === undefined) throw new ProviderError(4001, "the user rejected the request");
		storage.setItem(KEY, chosen);
		for (const listener of listeners.get("accountsChanged") ?? []) listener([chosen]);
		return [chosen];
	};

	const isOurs = async (chainId: string): Promise<boolean> =>
		BigInt(chainId) === BigInt(String(await rpc("eth_chainId", [])));

	const send = async (params: unknown): Promise<unknown> => {
		const parsed = transactionsSchema.safeParse(params);
		if (!parsed.success) throw new ProviderError(-32602, "no transaction of this wallet's kind");
		const [{ from, to, data, gas, value, chainId }] = parsed.data;
		if (!(await connected()).includes(from)) throw new ProviderError(4100, "the account is not connected");
		if (chainId !== undefined && !(await isOurs(chainId)))
			throw new ProviderError(4901, "this wallet is for one chain only");
		if (value !== undefined && BigInt(value) !== 0n) throw new ProviderError(-32602, "this wallet sends no ether");
		if (!(await confirm({ from, to, data, gas }))) throw new ProviderError(4001, "the user rejected the request");
		return rpc("eth_sendTransaction", [
			{ from, data, ...(to === undefined ? {} : { to }), ...(gas === undefined ? {} : { gas }) },
		]);
	};

	const switchChain = async (params: unknown): Promise<null> => {
		const wanted = switchSchema.safeParse(params).data?.[0].chainId;
		if (wanted === undefined || !(await isOurs(wanted)))
			throw new ProviderError(4902, "this wallet is for one chain only");
		return null;
	};

	const request = async ({
		method,
		params,
	}: {
		readonly method: string;
		readonly params?: unknown;
	}): Promise<unknown> => {
		switch (method) {
			case "eth_accounts":
				return connected();
			case "eth_requestAccounts":
				return connect();
			case "eth_sendTransaction":
				return send(params);
			case "wallet_switchEthereumChain":
				return switchChain(params);
			case "wallet_revokePermissions":
				storage.removeItem(KEY);
				return null;
			default:
				if (PASSED_ON.test(method)) return rpc(method, params ?? []);
				throw new ProviderError(4200, `${method} is not supported`);
		}
	};

	return {
		request,
		on: (event: string, listener: Listener): void => {
			listeners.set(event, (listeners.get(event) ?? new Set<Listener>()).add(listener));
		},
		removeListener: (event: string, listener: Listener): void => {
			listeners.get(event)?.delete(listener);
		},
	};
};
