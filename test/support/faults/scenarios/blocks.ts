/** Stores that lose and damage blocks. */
import { setTimeout as sleep } from "node:timers/promises";
import { COORDINATOR, HOSPITALS, MEMBERS, type Name } from "../consortium.ts";
import type { Scenario } from "../scenario.ts";
import { accepted, confirmedBy, EVERYBODY, phaseIs, type Stage } from "../stage.ts";

const ALL_THREE = [3, 3] as const;

const loseAll = ({ actors }: Stage, name: Name): void => {
	for (const path of actors[name].blocks()) actors[name].loseBlock(path);
};

export const blockScenarios: readonly Scenario[] = [
	{
		name: "hospital-store-lost",
		fault: "a hospital's store loses everything once its bundle is confirmed: the members' copies are enough",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await stage.until("all bundles are confirmed", confirmedBy(2));
			loseAll(stage, stage.choose(HOSPITALS)[0] ?? COORDINATOR);
		},
	},
	{
		name: "two-member-stores-lost",
		fault: "two members' stores lose everything they had confirmed: they fetch it again",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await stage.until("all bundles are confirmed", confirmedBy(2));
			for (const name of stage.choose(MEMBERS, 2)) loseAll(stage, name);
		},
	},
	{
		name: "stores-damaged",
		fault: "again and again, a bit of a random block in a random store flips",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async ({ actors, choose, random, until }) => {
			await until("there are blocks", accepted(1));
			for (let flips = 0; flips < 10; flips++) {
				// Of the participants' own blocks: nobody else has the study and the first model.
				const [name = COORDINATOR] = choose([...HOSPITALS, ...MEMBERS]);
				const paths = actors[name].blocks();
				const path = paths[random.below(Math.max(1, paths.length))];
				if (path !== undefined) actors[name].corruptBlock(path);
				await sleep(random.below(400));
			}
		},
	},
	{
		name: "bundle-lost-everywhere",
		fault:
			"one hospital's bundle disappears before any member has it, and the hospital with it: its update is left out",
		endings: ["Finalized"],
		updates: [2, 2],
		run: async (stage) => {
			const [name = "hospital-1"] = stage.choose(HOSPITALS);
			// Nobody fetches from it, so that it is the only one with the bundle.
			stage.links.set(["*"], [name], { faults: ["dropped"] });
			await stage.until("the updates are in", accepted(3));
			stage.gone.add(name);
			await stage.actors[name].kill();
			loseAll(stage, name);
			await stage.until("the others' are confirmed", ({ round }) => {
				const held = round?.updates.filter(({ confirmedBy: by }) => by.length === MEMBERS.length);
				return (held?.length ?? 0) >= 2;
			});
			await stage.passDeadline("Open");
		},
	},
	{
		name: "bundle-lost-before-confirmation",
		fault: "a hospital loses its bundle right after submitting, before any member has it: it publishes it again",
		endings: ["Finalized"],
		updates: [2, 3],
		run: async (stage) => {
			const [name = "hospital-1"] = stage.choose(HOSPITALS);
			stage.links.set(["*"], [name], { faults: ["dropped"] });
			await stage.until("the updates are in", accepted(3));
			loseAll(stage, name);
			await stage.actors[name].kill();
			stage.links.heal();
			await stage.actors[name].start();
		},
	},
	{
		name: "all-stores-lost-after-confirmation",
		fault: "every store loses every bundle after the freeze: what can't be opened waits, and nothing is repeated",
		endings: ["Waiting: Frozen", "Waiting: Opened", "Finalized"],
		run: async (stage) => {
			await stage.until("the set is frozen", phaseIs("Frozen", "Opened", "Finalized"));
			for (const name of EVERYBODY) if (name !== COORDINATOR) loseAll(stage, name);
		},
	},
];
