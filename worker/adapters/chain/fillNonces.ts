/**
 * Nonces below a signed transaction's that no transaction has: a reorganization dropped what used them, or a node once named too high a nonce.
 * The transaction can't be mined before they are used.
 */
import type { Address, Chain, LocalAccount, PublicClient, Transport } from "viem";
import { isUnreachable } from "./errors.ts";
import { type FeeCaps, requireFeesWithin } from "./feeCaps.ts";
import { readSigned, type SignedTransaction } from "./settle.ts";

/** More than this many are no accident of one wallet: a nonce so far off is given up. */
const MOST_MISSING = 16;
const TRANSFER_GAS = 21_000n;

export type FillOptions = {
	readonly account: LocalAccount;
	/** The nonce that is waiting. */
	readonly nonce: number;
	readonly feeCaps: FeeCaps;
	/** Everything that this wallet's notes hold. */
	readonly noted: () => Promise<readonly SignedTransaction[]>;
};

/**
 * Sends again, as they are, the noted transactions that had the missing nonces; a nonce that no note knows of is used up by a transfer of
 * nothing to the wallet itself, which repeats no call.
 * @returns false when too many are missing to do so
 * @throws DecentraHealthError FEE_TOO_HIGH
 */
export const fillNonces = async (
	client: PublicClient<Transport, Chain>,
	{ account, nonce, feeCaps, noted }: FillOptions,
): Promise<boolean> => {
	const next = (blockTag: "latest" | "pending", address: Address = account.address): Promise<number> =>
		client.getTransactionCount({ address, blockTag });
	const send = ({ serialized }: SignedTransaction): Promise<unknown> =>
		client.sendRawTransaction({ serializedTransaction: serialized }).catch((error: unknown) => {
			// Refusals show below: the nonce stays missing.
			if (isUnreachable(error)) throw error;
		});
	if ((await next("latest")) >= nonce || (await next("pending")) >= nonce) return true;
	const missing = nonce - (await next("latest"));
	if (missing > MOST_MISSING) return false;
	const byNonce = new Map((await noted()).map((signed) => [signed.nonce, signed]));
	for (let at = nonce - missing; at < nonce; at++) {
		const dropped = byNonce.get(at);
		if (dropped !== undefined) await send(dropped);
	}
	for (let at = await next("pending"); at < nonce; at++) {
		const request = { account, to: account.address, value: 0n, nonce: at, gas: TRANSFER_GAS };
		const prepared = await client.prepareTransactionRequest(request);
		requireFeesWithin(`use up nonce ${at}`, prepared, feeCaps);
		await send(await readSigned(await account.signTransaction(prepared as never)));
	}
	return true;
};
