/** All that is looked at before a wallet is asked to sign. */

import type { Call, Problem } from "../explain/types.ts";
import { PROBLEMS } from "../explain/walletErrors.ts";
import type { SendPorts, SignedRequest, WalletPort } from "./ports.ts";

export type Prepared =
	| {
			readonly ok: true;
			readonly wallet: WalletPort;
			readonly request: SignedRequest;
			readonly block: bigint;
	  }
	| { readonly ok: false; readonly problem: Problem };

/** What the call costs may differ by the time it is mined: others' transactions come first. */
const gasWithReserve = (estimate: bigint): bigint => (estimate * 13n) / 10n;

const refuse = (problem: Problem): Prepared => ({ ok: false, problem });

/** Rejects with what the node says when the contract would refuse the call. */
export const prepare = async (call: Call, { chain, wallet, network, explain }: SendPorts): Promise<Prepared> => {
	if (wallet === undefined) return refuse(PROBLEMS.notConnected);
	if (explain(call) === undefined) return refuse(PROBLEMS.unexplained);
	const walletChain = await wallet.chainId();
	if (walletChain !== network.id) return refuse(PROBLEMS.wrongNetwork(walletChain, network.id, network.name));
	const from = wallet.address;
	const accounts = await wallet.accounts();
	if (!accounts.some((account) => account.toLowerCase() === from.toLowerCase())) return refuse(PROBLEMS.wrongAccount);
	const { to, data } = call;
	const block = await chain.blockNumber();
	const gas = gasWithReserve(await chain.estimateGas({ from, to, data }));
	const [balance, fee] = await Promise.all([chain.balance(from), chain.maxFeePerGas()]);
	const needed = gas * fee;
	if (balance < needed) return refuse(PROBLEMS.funds(balance, needed));
	return { ok: true, wallet, request: { from, to, data, gas, chainId: network.id }, block };
};
