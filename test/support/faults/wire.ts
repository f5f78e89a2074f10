/** What the participants sent: every transaction that any of them signed, whether it was mined, dropped or never arrived. */
import { decodeFunctionData, type Hex } from "viem";
import { readSigned, type SignedTransaction } from "../../../worker/adapters/chain/settle.ts";
import { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { RPC } from "./consortium.ts";
import type { Passage } from "./links.ts";

export type Wire = {
	readonly onPassage: (passage: Passage) => void;
	/** Each once. */
	readonly transactions: () => Promise<readonly SignedTransaction[]>;
	/** Call data, signed or only simulated, and whatever else left a participant or a store. */
	readonly bytes: () => readonly { readonly name: string; readonly bytes: Uint8Array }[];
};

/** Methods of requests that carry what a participant made itself. */
const TELLING = /"method":"eth_(sendRawTransaction|call|estimateGas)"/;
const DATA = /"(0x[0-9a-f]{8,})"/g;

export const createWire = (): Wire => {
	const raw = new Set<Hex>();
	const data = new Map<string, string>();
	const answers = new Map<string, Buffer>();
	return {
		onPassage: ({ from, to, request, answer }) => {
			if (to !== RPC) {
				if (answer.length > 0)
					answers.set(`${from} from ${to}: ${answer.length} ${answer.subarray(0, 64).toString("hex")}`, answer);
				return;
			}
			const text = request.toString("utf8");
			if (!TELLING.test(text)) return;
			for (const [, hex = ""] of text.matchAll(DATA)) {
				if (text.includes("eth_sendRawTransaction")) raw.add(hex as Hex);
				data.set(hex, from);
			}
		},
		transactions: async () => {
			const signed = await Promise.all([...raw].map((serialized) => readSigned(serialized).catch(() => undefined)));
			return signed.filter((one) => one !== undefined);
		},
		bytes: () => [
			...[...data].map(([hex, from]) => ({ name: `a request of ${from}`, bytes: Buffer.from(hex.slice(2), "hex") })),
			...[...answers].map(([name, bytes]) => ({ name, bytes })),
		],
	};
};

/** What a transaction calls of the RoundManager; undefined for anything else. */
export const roundCall = (transaction: SignedTransaction) => {
	try {
		return decodeFunctionData({ abi: roundManagerAbi, data: transaction.data });
	} catch {
		return undefined;
	}
};
