/** A participant's chain, stores, notes and wallet, whatever its role: its own key in the keystore, or the user's wallet at a page. */
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import { feeCapsOf } from "../../adapters/chain/feeCaps.ts";
import { createTransactor } from "../../adapters/chain/transactor.ts";
import { journalPath } from "../../node/folders.ts";
import { openJournal } from "../../node/journal.ts";
import type { Participant, Progress } from "../../node/participant.ts";
import type { WorkerConfig } from "../config/schema.ts";
import type { Clock } from "../loop/clock.ts";
import type { Metrics } from "../metrics.ts";
import type { Decisions } from "../wallet/decisions.ts";
import { createExternalTransactor } from "../wallet/externalTransactor.ts";
import type { Offers } from "../wallet/offers.ts";
import type { WorkerKeys } from "./keys.ts";
import { measuredTransactor } from "./measured.ts";
import type { WorkerStores } from "./stores.ts";

export type ParticipantParts = {
	readonly config: WorkerConfig;
	readonly keys: WorkerKeys;
	readonly connection: ChainConnection;
	readonly stores: WorkerStores;
	readonly offers: Offers;
	readonly decisions: Decisions;
	readonly metrics: Metrics;
	readonly progress: Progress;
	readonly clock: Clock;
	readonly signal: AbortSignal;
};

const requireAccount = ({ account }: WorkerKeys) => {
	// openKeys has refused a keystore without one.
	if (account === undefined) throw new RangeError("the keystore's wallet key was not opened");
	return account;
};

export const participantOf = (parts: ParticipantParts): Participant => {
	const { config, keys, connection, stores, offers, decisions, metrics, progress, clock, signal } = parts;
	const journal = openJournal(journalPath(config.folder));
	const poll = config.pollSeconds * 1000;
	const { wallet } = config;
	const feeCaps = feeCapsOf(config.fees);
	const transactor =
		wallet.kind === "external"
			? createExternalTransactor({ connection, address: wallet.address, offers, decisions, signal, clock, poll })
			: createTransactor({ connection, account: requireAccount(keys), journal: journal.transactions, feeCaps });
	const { own, store } = stores;
	return { connection, store, own, journal, transactor: measuredTransactor(transactor, metrics), progress, signal };
};
