/** A participant whose wallet is not the worker's: its transactor offers, and the test is the user who signs, or does not. */
import { createWalletClient, http, type LocalAccount } from "viem";
import type { Transactor } from "../../../worker/adapters/chain/transactor.ts";
import type { Participant } from "../../../worker/node/participant.ts";
import { createJobs } from "../../../worker/service/jobs.ts";
import { createDecisions } from "../../../worker/service/wallet/decisions.ts";
import { createExternalTransactor } from "../../../worker/service/wallet/externalTransactor.ts";
import { createOffers, type Offer } from "../../../worker/service/wallet/offers.ts";

/**
 * @param standpoint what the chain says, as the worker's watch has it
 * @param onWait told about each wait between two looks
 */
export const handWallet = (
	{ connection }: Pick<Participant, "connection">,
	account: LocalAccount,
	standpoint: () => string = () => "",
	onWait: () => Promise<void> | void = () => undefined,
) => {
	const stop = new AbortController();
	const [offers, jobs] = [createOffers(), createJobs()];
	const decisions = createDecisions(standpoint, { offers, jobs });
	const clock = {
		now: () => performance.now(),
		wait: async () => {
			await onWait();
			await new Promise((resolve) => setTimeout(resolve, 5));
		},
	};
	const options = { connection, address: account.address, offers, decisions, signal: stop.signal, clock, poll: 5 };
	const transactor: Transactor = createExternalTransactor(options);
	const wallet = createWalletClient({ account, transport: http(connection.rpcUrl) });
	return {
		transactor,
		offers,
		jobs,
		decisions,
		/** The process ends, whatever it waits for. */
		kill: () => stop.abort(),
		/** The next transaction to sign, or undefined when the step is over before there is one. */
		offered: async (step: Promise<unknown>): Promise<Offer | undefined> => {
			let isOver = false;
			step.then(
				() => {
					isOver = true;
				},
				() => {
					isOver = true;
				},
			);
			for (;;) {
				const [offer] = offers.list();
				if (offer !== undefined || isOver) return offer;
				await new Promise((resolve) => setTimeout(resolve, 2));
			}
		},
		/** The user signs what is offered. */
		sign: ({ to, data }: Offer) => wallet.sendTransaction({ to, data, chain: null, gas: 8_000_000n }),
	};
};
