/** Everything at once, as the seed has it. */
import { setTimeout as sleep } from "node:timers/promises";
import { COORDINATOR, HOSPITALS, MEMBERS, NAMES, RPC, WITNESS } from "../consortium.ts";
import type { LinkFault } from "../links.ts";
import type { Scenario } from "../scenario.ts";
import { EVERYBODY, phaseIs, type Stage } from "../stage.ts";

type Trouble = (stage: Stage) => Promise<void>;

const kill: Trouble = async ({ actors, choose, random }) => {
	const names = choose(EVERYBODY, 1 + random.below(3));
	await Promise.all(names.map((name) => actors[name].kill()));
	await sleep(random.below(800));
	await Promise.all(names.map((name) => actors[name].start()));
};

const pause: Trouble = async ({ actors, choose, random }) => {
	const names = choose(EVERYBODY, 1 + random.below(3));
	for (const name of names) actors[name].pause();
	await sleep(random.below(1_500));
	for (const name of names) actors[name].resume();
};

const disturb =
	(to: readonly string[], faults: readonly LinkFault[]): Trouble =>
	async ({ links, choose, random }) => {
		links.set(choose(EVERYBODY, 1 + random.below(5)), to, { faults, probability: random.within(10, 60) / 100 });
		await sleep(random.below(1_500));
	};

const damage: Trouble = async ({ actors, choose, random }) => {
	const [name = COORDINATOR] = choose([...HOSPITALS, ...MEMBERS]);
	const paths = actors[name].blocks();
	const path = paths[random.below(Math.max(1, paths.length))];
	if (path === undefined) return;
	if (random.below(2) === 0) actors[name].loseBlock(path);
	else actors[name].corruptBlock(path);
};

const reorganize: Trouble = async ({ clock, random }) => {
	const kept = random.below(101);
	await clock.reorganize({ depth: random.within(1, 3), keeps: () => random.below(100) < kept });
};

const LOSSES: readonly LinkFault[] = ["dropped", "silent", "answer lost", "HTTP 503", { delay: 300 }];
const LIES: readonly LinkFault[] = ["corrupted", "truncated", "nonsense"];

const TROUBLES: readonly Trouble[] = [
	kill,
	kill,
	pause,
	damage,
	disturb([RPC, WITNESS], LOSSES),
	disturb([RPC], LIES),
	disturb(NAMES, LOSSES),
	disturb(NAMES, [...LIES, "oversized"]),
];

const inTurn =
	(troubles: readonly Trouble[], times: number): Scenario["run"] =>
	async (stage) => {
		const { random, links, look } = stage;
		for (let time = 0; time < times; time++) {
			await sleep(random.below(600));
			await troubles[random.below(troubles.length)]?.(stage);
			if (random.below(3) === 0) links.heal();
			if (phaseIs("Finalized", "Failed")(await look())) return;
		}
	};

export const chaosScenarios: readonly Scenario[] = [
	{
		name: "chaos",
		fault: "kills, pauses, partitions, changed answers, lost and damaged blocks, as the seed has it",
		endings: ["Finalized"],
		updates: [2, 3],
		run: inTurn(TROUBLES, 9),
	},
	{
		name: "chaos-with-reorgs",
		fault: "the same with reorganizations",
		endings: ["Finalized"],
		updates: [2, 3],
		reorganizes: true,
		run: inTurn([...TROUBLES, reorganize, reorganize, reorganize], 9),
	},
];
