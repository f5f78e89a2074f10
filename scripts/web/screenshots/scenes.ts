/** Each page in each state that a person can meet, and how to come there. */
import type { BrowserContext, Page } from "playwright-core";
import { installWallet, type TestWallet } from "../../../test/support/browser/wallet.ts";
import type { DappConfig } from "../../../web/lib/config/schema.ts";

export type Scene = {
	/** Of the file. */
	readonly name: string;
	readonly path: string;
	/** Before the page is opened. */
	readonly prepare?: (context: BrowserContext, config: DappConfig) => Promise<unknown>;
	/** After it is quiet. */
	readonly act?: (page: Page) => Promise<unknown>;
	/** Seconds that the page may take until nothing is loading, at most. */
	readonly patience?: number;
	/** What has to be there before the picture is taken. */
	readonly until?: RegExp;
	/** It goes on loading: that is what is shown. */
	readonly unfinished?: boolean;
};

const FOREVER = new Promise<never>(() => {});

/** The node never answers; or there is none. */
const silentNode = (context: BrowserContext, { chain }: DappConfig) =>
	Promise.all([context.route(`${chain.rpcUrl}/**`, () => FOREVER), context.routeWebSocket(/./, () => {})]);
const deadNode = (context: BrowserContext, { chain }: DappConfig) =>
	Promise.all([
		context.route(`${chain.rpcUrl}/**`, (route) => route.abort("connectionrefused")),
		context.routeWebSocket(/./, (socket) => socket.close()),
	]);
/** No gateway has a block. */
const emptyGateways = (context: BrowserContext, { gateways }: DappConfig) =>
	Promise.all(gateways.map((gateway) => context.route(`${gateway}/**`, (route) => route.fulfill({ status: 404 }))));

const withWallet =
	(account: number) =>
	(context: BrowserContext, { chain }: DappConfig): Promise<TestWallet> =>
		installWallet(context, { account, rpcUrl: chain.rpcUrl, chainId: chain.id });

const connect = async (page: Page): Promise<void> => {
	await page.getByRole("button", { name: "Connect a wallet" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Test wallet" }).click();
	await page.getByRole("list", { name: "Checks of the wallet" }).waitFor();
};

const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();
const openTab = (name: string) => async (page: Page) => {
	await connect(page);
	await page.getByRole("tab", { name }).click();
};

/** The person switches it after connecting. */
const onWrongNetwork = (): Required<Pick<Scene, "prepare" | "act">> => {
	let wallet: TestWallet | undefined;
	return {
		prepare: async (context, config) => {
			wallet = await withWallet(HOSPITAL)(context, config);
		},
		act: async (page) => {
			await connect(page);
			await wallet?.switchTo(1);
		},
	};
};

const AUDITED = /Clean: no check failed|Not clean: a check failed|The audit was interrupted/;

/** Accounts of the development phrase: the coordinator, the first hospital, the first member, and one that has nothing. */
const [COORDINATOR, HOSPITAL, MEMBER, POOR] = [0, 1, 4, 4_711];

export const SCENES: readonly Scene[] = [
	{ name: "overview", path: "/" },
	{ name: "overview-loading", path: "/", prepare: silentNode, unfinished: true },
	{ name: "overview-error", path: "/", prepare: deadNode, patience: 15 },
	{ name: "overview-no-gateway", path: "/", prepare: emptyGateways },
	{ name: "round", path: "/rounds/1" },
	{ name: "round-loading", path: "/rounds/1", prepare: silentNode, unfinished: true },
	{ name: "round-error", path: "/rounds/1", prepare: deadNode, patience: 15 },
	{ name: "round-unknown", path: "/rounds/999" },
	{ name: "round-not-a-number", path: "/rounds/abc" },
	{ name: "models", path: "/models" },
	{ name: "models-no-gateway", path: "/models", prepare: emptyGateways },
	{ name: "models-error", path: "/models", prepare: deadNode, patience: 15 },
	{ name: "model", path: "/models/2" },
	{ name: "model-loading", path: "/models/2", prepare: silentNode, unfinished: true },
	{ name: "model-no-gateway", path: "/models/2", prepare: emptyGateways },
	{ name: "model-unknown", path: "/models/999" },
	{ name: "audit", path: "/audit" },
	{ name: "audit-finished", path: "/audit", act: press("Start the audit"), until: AUDITED, patience: 90 },
	{
		name: "audit-no-gateway",
		path: "/audit",
		prepare: emptyGateways,
		act: press("Start the audit"),
		until: AUDITED,
		patience: 90,
	},
	{
		name: "audit-no-node",
		path: "/audit",
		prepare: deadNode,
		act: press("Start the audit"),
		until: AUDITED,
		patience: 30,
	},
	{ name: "hospital-no-wallet", path: "/hospital" },
	{ name: "hospital-wallets", path: "/hospital", prepare: withWallet(HOSPITAL), act: press("Connect a wallet") },
	{ name: "hospital-pairing", path: "/hospital", prepare: withWallet(HOSPITAL), act: connect },
	{ name: "hospital-wrong-network", path: "/hospital", ...onWrongNetwork() },
	{ name: "hospital-no-ether", path: "/hospital", prepare: withWallet(POOR), act: connect },
	{ name: "committee-no-wallet", path: "/committee" },
	{ name: "committee-pairing", path: "/committee", prepare: withWallet(MEMBER), act: connect },
	{ name: "coordinator-no-wallet", path: "/coordinator" },
	{ name: "coordinator-people", path: "/coordinator", prepare: withWallet(COORDINATOR), act: connect },
	{ name: "coordinator-study", path: "/coordinator", prepare: withWallet(COORDINATOR), act: openTab("Create a study") },
	{ name: "coordinator-open", path: "/coordinator", prepare: withWallet(COORDINATOR), act: openTab("Open a round") },
	{
		name: "coordinator-rounds",
		path: "/coordinator",
		prepare: withWallet(COORDINATOR),
		act: openTab("Rounds under way"),
	},
	{ name: "coordinator-not-the-owner", path: "/coordinator", prepare: withWallet(HOSPITAL), act: connect },
	{ name: "not-found", path: "/nowhere" },
];
