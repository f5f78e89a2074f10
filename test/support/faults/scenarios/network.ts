/** Links between processes, the RPC node and the stores that lose, delay or change what passes. */
import { setTimeout as sleep } from "node:timers/promises";
import { HOSPITALS, MEMBERS, NAMES, type Name, RPC, WITNESS } from "../consortium.ts";
import type { LinkFault } from "../links.ts";
import type { Scenario } from "../scenario.ts";
import { accepted, EVERYBODY, phaseIs, type Stage } from "../stage.ts";

const ALL_THREE = [3, 3] as const;
const STORES: readonly string[] = NAMES;

/** The faults last for some seconds, on these links. */
const troubled =
	(to: readonly string[], faults: readonly LinkFault[], probability: number, seconds: readonly [number, number]) =>
	async ({ links, random }: Stage): Promise<void> => {
		links.set(["*"], to, { faults, probability });
		await sleep(1_000 * random.within(...seconds));
		links.heal();
	};

/** Cuts these participants off from everybody and everything. */
const isolate = ({ links }: Stage, names: readonly Name[], fault: LinkFault): void => {
	links.set(names, ["*"], { faults: [fault] });
	links.set(["*"], names, { faults: [fault] });
};

export const networkScenarios: readonly Scenario[] = [
	{
		name: "rpc-drops",
		fault: "a fifth of the requests to the RPC node, or of its answers, get lost",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: troubled([RPC, WITNESS], ["dropped", "answer lost", "HTTP 503"], 0.2, [4, 7]),
	},
	{
		name: "rpc-delays",
		fault: "the RPC node answers after up to a second and a half",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: troubled([RPC, WITNESS], [{ delay: 100 }, { delay: 400 }, { delay: 1_500 }], 0.4, [4, 7]),
	},
	{
		name: "rpc-corrupts",
		fault: "every tenth answer of the RPC node is changed, cut off or nonsense",
		endings: ["Finalized"],
		updates: [2, 3],
		run: troubled([RPC, WITNESS], ["corrupted", "truncated", "nonsense"], 0.1, [3, 6]),
	},
	{
		name: "rpc-gone-for-one",
		fault: "one participant does not reach its RPC node for some seconds",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async ({ links, choose, random }) => {
			await sleep(random.below(3_000));
			links.set(choose(EVERYBODY), [RPC], { faults: [random.below(2) === 0 ? "dropped" : "silent"] });
			await sleep(2_000 + random.below(2_000));
		},
	},
	{
		name: "rpc-gone-for-all",
		fault: "the RPC node is away for everybody for some seconds",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async ({ links, random }) => {
			await sleep(500 + random.below(3_500));
			links.set(["*"], [RPC, WITNESS], { faults: ["dropped"] });
			await sleep(1_000 + random.below(2_000));
		},
	},
	{
		name: "sends-lost",
		fault: "the node takes transactions, and the sender never hears of it: workers are cut off at random moments",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			const { links, choose, random } = stage;
			for (let cuts = 0; cuts < 8; cuts++) {
				links.set(choose(EVERYBODY, 3), [RPC], { faults: ["answer lost"] });
				await sleep(150 + random.below(400));
				links.heal();
				await sleep(random.below(500));
			}
		},
	},
	{
		name: "fees-rise",
		fault: "again and again, the base fee rises above what waiting transactions pay",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async ({ node, connection, random, look }) => {
			for (let times = 0; times < 4; times++) {
				await sleep(300 + random.below(1_200));
				if (phaseIs("Finalized", "Failed")(await look())) return;
				const { baseFeePerGas } = await connection.client.getBlock();
				await node.setBaseFee((baseFeePerGas ?? 1n) * BigInt(random.within(2, 8)) + 10n ** 9n);
			}
		},
	},
	{
		name: "witness-gone",
		fault: "the members' witnesses are away: nobody signs until they are back",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			stage.links.set(MEMBERS, [WITNESS], { faults: ["dropped"] });
			await stage.until("the set is frozen", phaseIs("Frozen"));
			// Long enough for everybody to try.
			await sleep(3_500);
			const { round } = await stage.look();
			if (round?.keySums.length !== 0) stage.violation("a member signed without its witness");
		},
	},
	{
		name: "stores-down",
		fault: "most requests between the stores fail, hang or get lost for some seconds",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: troubled(STORES, ["dropped", "silent", "HTTP 503", "answer lost"], 0.6, [4, 7]),
	},
	{
		name: "stores-lie",
		fault: "most answers of the stores are changed, cut off, oversized or nonsense for some seconds",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: troubled(STORES, ["corrupted", "truncated", "oversized", "nonsense"], 0.6, [4, 7]),
	},
	{
		name: "bundle-unreachable",
		fault: "no member can fetch one hospital's bundle until checking is over: its update is left out",
		endings: ["Finalized"],
		updates: [2, 2],
		run: async (stage) => {
			const names = stage.choose(HOSPITALS);
			// Nobody at all: a member would fetch from another one that has it.
			stage.links.set(["*"], names, { faults: ["dropped"] });
			const view = await stage.until("the updates are in", accepted(3));
			await stage.until("the others' are confirmed", ({ round }) => {
				const held = round?.updates.filter(({ confirmedBy }) => confirmedBy.length === MEMBERS.length);
				return (held?.length ?? 0) >= 2;
			});
			if (view.round?.phase !== "Open") stage.violation("frozen though one bundle was out of reach");
			await stage.passDeadline("Open");
			await stage.until("the set is frozen", phaseIs("Frozen", "Opened", "Finalized"));
		},
	},
	{
		name: "hospital-isolated",
		fault: "a hospital is cut off from everything for some seconds",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await sleep(stage.random.below(2_500));
			isolate(stage, stage.choose(HOSPITALS), stage.random.below(2) === 0 ? "dropped" : "silent");
			await sleep(2_000 + stage.random.below(2_000));
		},
	},
	{
		name: "members-isolated",
		fault: "two members are cut off from everything for some seconds",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await sleep(1_000 + stage.random.below(4_000));
			isolate(stage, stage.choose(MEMBERS, 2), "dropped");
			await sleep(2_000 + stage.random.below(2_000));
		},
	},
	{
		name: "split-in-two",
		fault: "the participants fall into two groups whose stores do not reach each other; both reach the chain",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async ({ links, choose, random }) => {
			const group = choose(EVERYBODY, 3);
			const rest = EVERYBODY.filter((name) => !group.includes(name));
			links.set(group, rest, { faults: ["dropped"] });
			links.set(rest, group, { faults: ["dropped"] });
			await sleep(3_000 + random.below(3_000));
		},
	},
];
