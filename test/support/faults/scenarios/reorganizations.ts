/** Blocks that are replaced, with or without the transactions that were in them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RoundRecord } from "../../../../worker/core/ledger/state.ts";
import { addressOf, HOSPITALS, NAMES } from "../consortium.ts";
import type { Scenario } from "../scenario.ts";
import { accepted, attestations, confirmedBy, keySums, phaseIs, type Stage, type View } from "../stage.ts";

const ALL_THREE = [3, 3] as const;

/** As soon as the condition holds, the newest blocks are replaced; each of their transactions is kept by chance. */
const reorganizeWhen =
	(what: string, condition: (view: View) => boolean, depth: readonly [number, number], kept: number) =>
	async (stage: Stage): Promise<void> => {
		const { random, clock, until } = stage;
		await until(what, condition);
		await clock.reorganize({ depth: random.within(...depth), keeps: () => random.below(100) < kept });
		// Another one while everybody is still busy with the first.
		if (random.below(2) === 0) {
			await sleep(random.below(800));
			await clock.reorganize({ depth: random.within(1, 3), keeps: () => random.below(100) < kept });
		}
	};

const isPast = (...phases: readonly RoundRecord["phase"][]) => phaseIs(...phases, "Finalized", "Failed");

export const reorganizationScenarios: readonly Scenario[] = [
	{
		name: "reorg-drops-opening",
		fault: "a reorganization drops the opening of the round: another one is opened, with another beacon",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: reorganizeWhen("the round is open", ({ round }) => round !== undefined, [1, 3], 0),
	},
	{
		name: "reorg-drops-update",
		fault: "a reorganization drops updates: the very same transactions are sent again",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: reorganizeWhen("an update is in", accepted(1), [1, 4], 0),
	},
	{
		name: "reorg-keeps-some",
		fault: "a reorganization keeps some transactions and drops others",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: reorganizeWhen("two updates are in", accepted(2), [2, 10], 50),
	},
	{
		name: "reorg-drops-confirmations",
		fault: "a reorganization drops the members' confirmations, or the freeze that followed",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: reorganizeWhen("bundles are confirmed", confirmedBy(2), [1, 4], 20),
	},
	{
		name: "reorg-drops-freeze",
		fault: "a reorganization drops the freeze before any member has waited long enough to sign",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: reorganizeWhen("the set is frozen", isPast("Frozen", "Opened"), [1, 2], 0),
	},
	{
		name: "reorg-drops-key-sums",
		fault: "a reorganization drops key sums: the same ones are sent again, for the same set",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: reorganizeWhen("a key sum is there", keySums(1), [1, 3], 0),
	},
	{
		name: "reorg-drops-attestations",
		fault: "a reorganization drops attestations, or the finalized round with its model",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: reorganizeWhen("a member has attested", attestations(1), [1, 4], 0),
	},
	{
		name: "deep-reorg-back-to-updates",
		fault:
			"after the key sums, a deep reorganization takes everything back to the updates; the same set is frozen again",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: async (stage) => {
			await stage.until("a key sum is there", keySums(1));
			const { round, blockNumber } = await stage.look();
			const from = round?.frozen?.place.blockNumber ?? blockNumber;
			await stage.clock.reorganize({ depth: { from }, keeps: () => false });
		},
	},
	{
		name: "deep-reorg-changes-the-set",
		fault:
			"after two members have signed, a reorganization deeper than their confirmations leaves another set: they refuse for ever",
		endings: ["Waiting: Frozen"],
		reorganizes: true,
		run: async (stage) => {
			const { actors, clock, choose, until, look } = stage;
			const [away = "hospital-1"] = choose(HOSPITALS);
			await until("the updates are in", accepted(3));
			await until("two members have opened their shares", keySums(2));
			const { round, blockNumber } = await look();
			const updates = round?.updates ?? [];
			// The hospital dies, and its update is not on the new branch.
			stage.gone.add(away);
			await actors[away].kill();
			const first = updates.reduce(
				(least, { place }) => (place.blockNumber < least ? place.blockNumber : least),
				blockNumber,
			);
			const dropped = updates.find(({ hospital }) => hospital === addressOf(away))?.place.transactionHash;
			const hashes = updates.map(({ place }) => place.transactionHash);
			await clock.reorganize({
				depth: { from: first },
				keeps: (hash) => hashes.includes(hash) && hash !== dropped,
			});
			await until("the other updates are in", accepted(2));
			await stage.endSubmissions();
			await until("another set is frozen", phaseIs("Frozen"));
		},
	},
	{
		name: "reorgs-again-and-again",
		fault: "a random reorganization every second for as long as the round lasts",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: async ({ clock, random, look }) => {
			for (let times = 0; times < 8; times++) {
				await sleep(400 + random.below(900));
				if (phaseIs("Finalized", "Failed")(await look())) return;
				const kept = random.below(101);
				await clock.reorganize({ depth: random.within(1, 3), keeps: () => random.below(100) < kept });
			}
		},
	},
	{
		name: "killed-during-reorg",
		fault: "processes are killed at the moment of a reorganization that drops their transactions",
		endings: ["Finalized"],
		updates: ALL_THREE,
		reorganizes: true,
		run: async ({ actors, clock, random, choose, until, look }) => {
			const [what, condition] = (
				[
					["an update is in", accepted(1)],
					["bundles are confirmed", confirmedBy(1)],
					["a key sum is there", keySums(1)],
				] as const
			)[random.below(3)] ?? ["an update is in", accepted(1)];
			await until(what, condition);
			const names = choose(NAMES, 4);
			await Promise.all(names.map((name) => actors[name].kill()));
			await clock.reorganize({ depth: random.within(1, 3), keeps: () => random.below(2) === 0 });
			await look();
		},
	},
];
