/** Inputs by somebody who wants harm: bundles, proofs and votes of an admitted hospital or member, and whatever anyone may send to a port. */
import { setTimeout as sleep } from "node:timers/promises";
import { decodeFunctionData, type Hex } from "viem";
import { developmentAccount } from "../../../../scripts/demo/localChain.ts";
import { roundManagerAbi } from "../../../../worker/protocol/generated/abi.ts";
import { type BundleLie, createAttacker } from "../attacker.ts";
import { addressOf, HOSPITALS, MEMBERS, walletOf } from "../consortium.ts";
import { besiege } from "../garbage.ts";
import type { Scenario } from "../scenario.ts";
import { attestations, EVERYBODY, keySums, phaseIs, type Stage, THRESHOLD, type View } from "../stage.ts";

const ALL_THREE = [3, 3] as const;

const changed = (bytes: Uint8Array, at: number, value?: number): Uint8Array => {
	const copy = Uint8Array.from(bytes);
	copy[at] = value ?? (copy[at] ?? 0) ^ 1;
	return copy;
};

/** Offsets are those of docs/PROTOCOL.md section 4. */
const LIES: Readonly<Record<string, BundleLie>> = {
	truncated: (honest) => honest.subarray(0, honest.length - 1),
	empty: () => new Uint8Array(),
	"with a tail": (honest) => Uint8Array.from([...honest, 0]),
	"of the version before": (honest) => changed(honest, 4, 1),
	"of another kind": () => new TextEncoder().encode(JSON.stringify({ weights: [1, 2, 3] })),
	"of another committee size": (honest) => changed(honest, 6, 4),
	"of another context": (honest) => changed(honest, 39),
	"with a point that is none": (honest) => changed(honest, 71),
	"with another share commitment": (honest) => changed(honest, 135),
	"with another ciphertext": (honest) => changed(honest, 8 + 6 * 32),
	"with another share": (honest) => changed(honest, honest.length - 1),
};

const isOpen = ({ round }: View): boolean => round?.phase === "Open";

/** Lets time pass until the round is frozen: whoever is waited for does not come. */
const freezeInTime = async (stage: Stage): Promise<void> => {
	const honest = HOSPITALS.map(addressOf);
	const isOver = (view: View): boolean => !isOpen(view);
	await stage.until("the honest updates are in", (view) => {
		return isOver(view) || honest.every((one) => view.round?.updates.some(({ hospital }) => hospital === one));
	});
	await stage.endSubmissions();
	await stage.until("they are confirmed", (view) => {
		const held = view.round?.updates.filter(({ hospital, confirmedBy }) => {
			return honest.includes(hospital) && confirmedBy.length >= THRESHOLD;
		});
		return isOver(view) || held?.length === honest.length;
	});
	// All others are gone: then it freezes at once.
	await sleep(700);
	await stage.passDeadline("Open");
	await stage.until("the set is frozen", isOver);
};

const openRound = async (stage: Stage) => {
	const { round } = await stage.until("the round is open", isOpen);
	if (round === undefined) throw new Error("no round");
	return round;
};

export const hostileScenarios: readonly Scenario[] = [
	{
		name: "hostile-bundle",
		fault:
			"a hospital's bundle has the proven digest, but is malformed or not the proven one: it is challenged, and the hospital barred",
		endings: ["Finalized"],
		updates: ALL_THREE,
		before: async (stage) => void (await createAttacker(stage).join()),
		run: async (stage) => {
			const attacker = createAttacker(stage);
			const round = await openRound(stage);
			const names = Object.keys(LIES);
			const { args, bytes } = await attacker.update(round, LIES[names[stage.random.below(names.length)] ?? ""]);
			const stop = await attacker.serve(bytes);
			await attacker.send("submitUpdate", args);
			const view = await stage.until("it is removed", ({ ledger }) => ledger.barred.has(attacker.address));
			if (view.round?.removed.includes(attacker.address) !== true) stage.violation("barred but not removed");
			await freezeInTime(stage);
			stop();
		},
	},
	{
		name: "bundle-withheld",
		fault: "a hospital registers a bundle that it shows to nobody: its update is left out",
		endings: ["Finalized"],
		updates: ALL_THREE,
		before: async (stage) => void (await createAttacker(stage).join()),
		run: async (stage) => {
			const attacker = createAttacker(stage);
			const { args } = await attacker.update(await openRound(stage));
			await attacker.send("submitUpdate", args);
			await stage.until("four updates are in", ({ round }) => round?.updates.length === 4);
			await freezeInTime(stage);
			const { round } = await stage.look();
			if (round?.excluded.includes(attacker.address) !== true) stage.violation("what nobody has was not excluded");
		},
	},
	{
		name: "bundle-oversized",
		fault: "a hospital's bundle has several megabytes: nobody fetches it whole, its update is left out",
		endings: ["Finalized"],
		updates: ALL_THREE,
		before: async (stage) => void (await createAttacker(stage).join()),
		run: async (stage) => {
			const attacker = createAttacker(stage);
			const huge: BundleLie = (honest) => {
				const bytes = new Uint8Array(4 * 2 ** 20);
				bytes.set(honest);
				return bytes;
			};
			const { args, bytes } = await attacker.update(await openRound(stage), huge);
			const stop = await attacker.serve(bytes);
			await attacker.send("submitUpdate", args);
			await stage.until("four updates are in", ({ round }) => round?.updates.length === 4);
			await freezeInTime(stage);
			stop();
		},
	},
	{
		name: "replayed-proofs",
		fault:
			"proofs of another hospital, another round and another chain are sent as one's own: the contract refuses them",
		endings: ["Finalized"],
		updates: ALL_THREE,
		before: async (stage) => void (await createAttacker(stage).join()),
		run: async (stage) => {
			const attacker = createAttacker(stage);
			const round = await openRound(stage);
			const chain = await attacker.update(round, undefined, { chainId: 1 });
			await attacker.refused("proofs for another chain", "submitUpdate", chain.args);
			const other = await attacker.update(round, undefined, { roundId: round.roundId + 1n });
			await attacker.refused("proofs for another round", "submitUpdate", other.args);
			const { round: filled } = await stage.until(
				"an update is in",
				({ round: now }) => (now?.updates.length ?? 0) > 0,
			);
			const hash = filled?.updates[0]?.place.transactionHash ?? "0x";
			const { input } = await stage.connection.client.getTransaction({ hash });
			const call = decodeFunctionData({ abi: roundManagerAbi, data: input });
			await attacker.refused("another hospital's transaction", "submitUpdate", call.args ?? []);
			const own = await attacker.update(round);
			const [, digest, , encryption] = call.args as typeof own.args;
			const mixed = [round.roundId, digest, own.args[2], encryption];
			await attacker.refused("another hospital's encryption", "submitUpdate", mixed);
			const garbled = { ...own.args[3], proof: (own.args[3].proof as readonly bigint[]).toReversed() };
			await attacker.refused("no proof at all", "submitUpdate", [...own.args.slice(0, 3), garbled]);
			await freezeInTime(stage);
		},
	},
	{
		name: "hostile-member",
		fault:
			"a member sends key sums of another set, another member's, and false ones, votes for what is not there, and attests to another model",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			const [name = "member-1"] = stage.choose(MEMBERS);
			stage.gone.add(name);
			await stage.actors[name].kill();
			const attacker = createAttacker(stage, developmentAccount(walletOf(name)));
			const { roundId } = await openRound(stage);
			const nothing: Hex = `0x${"00".repeat(32)}`;
			await attacker.refused("a vote for what is not there", "confirmAvailability", [
				roundId,
				[{ position: 0, bundleDigest: nothing }],
			]);
			const { round } = await stage.until("a key sum is there", keySums(1));
			const posted = round?.keySums[0];
			const digest = round?.frozen?.frozenSetDigest ?? nothing;
			const { values = [], proofs = [] } = posted ?? {};
			await attacker.refused("another member's key sum", "postKeySum", [roundId, digest, values, proofs]);
			await attacker.refused("a key sum of another set", "postKeySum", [roundId, nothing, values, proofs]);
			const false1 = values.map((value, index) => (index === 0 ? value + 1n : value));
			await attacker.refused("a false key sum", "postKeySum", [roundId, digest, false1, proofs]);
			await attacker.refused("half a key sum", "postKeySum", [roundId, digest, values.slice(1), proofs]);
			const view = await stage.until("the sums are there", phaseIs("Opened", "Finalized"));
			if (view.round?.phase === "Opened") {
				await attacker.send("attest", [roundId, 1n, `0x${"12".repeat(32)}`]).catch(() => undefined);
			}
			await stage.until("the others attest", attestations(2));
		},
	},
	{
		name: "garbage-on-ports",
		fault: "every port of every worker gets malformed, oversized and unauthorized requests all the time",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			for (let rounds = 0; rounds < 3; rounds++) {
				for (const name of stage.choose(EVERYBODY, 7)) await besiege(stage, name);
			}
		},
	},
	{
		name: "attacker-and-dropout",
		fault:
			"a hospital sends a bundle that is not the proven one while another hospital dies: two honest updates are left",
		endings: ["Finalized"],
		updates: [2, 2],
		before: async (stage) => void (await createAttacker(stage).join()),
		run: async (stage) => {
			const attacker = createAttacker(stage);
			const [away = "hospital-1"] = stage.choose(HOSPITALS);
			const round = await openRound(stage);
			stage.gone.add(away);
			await stage.actors[away].kill();
			const { args, bytes } = await attacker.update(round, LIES.truncated);
			const stop = await attacker.serve(bytes);
			await attacker.send("submitUpdate", args);
			await stage.until("it is removed", ({ ledger }) => ledger.barred.has(attacker.address));
			await stage.until("the others are in", ({ round: now }) => (now?.updates.length ?? 0) >= 2);
			await stage.endSubmissions();
			stop();
		},
	},
];
