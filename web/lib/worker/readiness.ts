/** What has to hold before a page offers anything: the worker is the user's own, for this role, wallet, chain and deployment. */
import type { Address } from "viem";
import type { Deployment } from "../../../worker/core/ledger/events.ts";
import type { Tone } from "../words/event.ts";
import { counted } from "../words/numbers.ts";
import type { Role } from "./schemas.ts";
import type { WorkerView } from "./workerStore.ts";

export type Check = {
	readonly label: string;
	readonly tone: Tone;
	readonly result: string;
	readonly detail?: string;
};

export type Expected = {
	readonly role: Role;
	readonly wallet: Address;
	readonly chain: { readonly id: number; readonly name: string };
	readonly deployment: Deployment;
	/** Of this page's program. */
	readonly version: string;
	/** That this page has read. */
	readonly blockNumber: bigint;
};

export type Readiness = {
	readonly checks: readonly Check[];
	/** Nothing is wrong: steps may be shown. They are kept while the worker is down. */
	readonly ready: boolean;
};

const ROLE_NAMES: Readonly<Record<Role, string>> = {
	hospital: "hospital",
	committee: "committee member",
	coordinator: "coordinator",
};

/** Blocks that a worker may be behind this page before it is worth a word. */
const BEHIND = 8n;

const check = (label: string, tone: Tone, result: string, detail?: string): Check =>
	detail === undefined ? { label, tone, result } : { label, tone, result, detail };

const connectionCheck = ({ connection, problem }: WorkerView): Check => {
	const detail = problem === undefined ? undefined : `${problem.message}. ${problem.nextStep}`;
	switch (connection) {
		case "live":
			return check("Worker", "ok", "answers");
		case "lost":
			return check("Worker", "warn", "does not answer", detail);
		case "refused":
			return check("Worker", "bad", "refuses this page", detail);
		default:
			return check("Worker", "info", "connecting");
	}
};

/** Versions of the same minor release understand each other. */
const minorOf = (version: string): string => version.split(".").slice(0, 2).join(".");

const versionCheck = (actual: string, expected: string): Check =>
	minorOf(actual) === minorOf(expected)
		? check("Version", "ok", actual)
		: check("Version", "bad", actual, `This page is version ${expected}: use a worker of the same.`);

const isSame = (one: Deployment, other: Deployment): boolean =>
	(Object.keys(one) as (keyof Deployment)[]).every((name) => one[name].toLowerCase() === other[name].toLowerCase());

export const readinessOf = (worker: WorkerView, expected: Expected): Readiness => {
	const { status } = worker;
	const connection = connectionCheck(worker);
	if (status === undefined) return { checks: [connection], ready: false };
	const { role, wallet, chain, deployment, version, blockNumber } = expected;
	const behind = blockNumber - BigInt(status.chain.block);
	const checks: readonly Check[] = [
		connection,
		status.role === role
			? check("Role", "ok", ROLE_NAMES[role])
			: check(
					"Role",
					"bad",
					ROLE_NAMES[status.role],
					`This page is for a ${ROLE_NAMES[role]}: pair with that worker, or go to the ${status.role} page.`,
				),
		versionCheck(status.version, version),
		status.chain.id !== chain.id
			? check("Network", "bad", `chain ${status.chain.id}`, `The consortium is on ${chain.name}, chain ${chain.id}.`)
			: behind > BEHIND
				? check(
						"Network",
						"warn",
						`${chain.name}, ${counted(behind, "block")} behind this page`,
						"Its node may be slow.",
					)
				: check("Network", "ok", `${chain.name}, block ${status.chain.block}`),
		isSame(status.contracts, deployment)
			? check("Contracts", "ok", "the same as this page's")
			: check(
					"Contracts",
					"bad",
					`RoundManager ${status.contracts.roundManager}`,
					`This page shows the deployment at ${deployment.roundManager}.`,
				),
		status.wallet.address.toLowerCase() !== wallet.toLowerCase()
			? check(
					"Wallet",
					"bad",
					"another one than yours",
					`The worker acts for ${status.wallet.address}: connect that wallet, or configure the worker for yours.`,
				)
			: status.wallet.kind === "external"
				? check("Wallet", "ok", "yours: you sign here")
				: check("Wallet", "info", "yours, and the worker signs by itself", "This page shows what it does."),
	];
	return { checks, ready: checks.every(({ tone }) => tone !== "bad") };
};
