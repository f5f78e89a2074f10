/** Processes that are killed, paused, or gone for good. */
import { setTimeout as sleep } from "node:timers/promises";
import { roundManagerAbi } from "../../../../worker/protocol/generated/abi.ts";
import { addressOf, COORDINATOR, HOSPITALS, MEMBERS, type Name } from "../consortium.ts";
import type { Scenario } from "../scenario.ts";
import {
	accepted,
	attestations,
	COMMITTEE,
	confirmedBy,
	EVERYBODY,
	keySums,
	phaseIs,
	type Stage,
	YEARS,
} from "../stage.ts";

const ALL_THREE = [3, 3] as const;

/** Dies, and is started again after a while. */
const killAndRestart = async ({ actors, random }: Stage, name: Name): Promise<void> => {
	await actors[name].kill();
	await sleep(random.below(700));
	await actors[name].start();
};

/** Never comes back. */
const lose = async ({ actors, gone }: Stage, name: Name): Promise<void> => {
	gone.add(name);
	await actors[name].kill();
};

/** As whoever has the coordinator's key: each of these calls is refused, or the stage hears of it. */
const repeatRound = async ({ connection, violation }: Stage): Promise<void> => {
	const { client, deployment } = connection;
	const durations = { submission: 1, checking: 1, attestation: 1 };
	const calls = [
		{ functionName: "fail", args: [1n] },
		{ functionName: "cancelRound", args: [1n] },
		{ functionName: "closeStudy", args: [1n] },
		{ functionName: "openRound", args: [1n, MEMBERS.map(addressOf), durations] },
	] as const;
	for (const call of calls) {
		const request = {
			address: deployment.roundManager,
			abi: roundManagerAbi,
			account: addressOf(COORDINATOR),
			...call,
		};
		await client.simulateContract(request as Parameters<typeof client.simulateContract>[0]).then(
			() => violation(`the coordinator's ${call.functionName} goes through after the freeze`),
			() => undefined,
		);
	}
};

const one = ({ choose }: Stage, names: readonly Name[]): Name => choose(names)[0] ?? COORDINATOR;

export const processScenarios: readonly Scenario[] = [
	{
		name: "calm",
		fault: "nothing",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async () => undefined,
	},
	{
		name: "killed-while-joining",
		fault: "everybody is killed and restarted while keys and data sets are being registered",
		endings: ["Finalized"],
		updates: [2, 3],
		joins: true,
		run: async (stage) => {
			for (const name of stage.choose(EVERYBODY, 7)) {
				await sleep(stage.random.below(300));
				await killAndRestart(stage, name);
			}
		},
	},
	{
		name: "hospital-killed-while-proving",
		fault: "a hospital is killed in the middle of a training proof or the encryption's, and restarted",
		endings: ["Finalized"],
		updates: ALL_THREE,
		proving: [300, 900],
		run: async (stage) => {
			const name = one(stage, HOSPITALS);
			const circuit = stage.random.below(2) === 0 ? "TrainSegment" : "EncryptUpdate";
			await stage.actors[name].proving(circuit);
			await sleep(stage.random.below(300));
			await killAndRestart(stage, name);
		},
	},
	{
		name: "hospitals-killed-again-and-again",
		fault: "hospitals are killed every second until their updates are in",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			for (let kills = 0; kills < 5; kills++) {
				await sleep(500 + stage.random.below(700));
				if (phaseIs("Frozen", "Opened", "Finalized", "Failed")(await stage.look())) return;
				await killAndRestart(stage, one(stage, HOSPITALS));
			}
		},
	},
	{
		name: "member-killed-while-checking",
		fault: "a member is killed while it fetches and confirms bundles, and restarted",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await stage.until("updates come", accepted(1 + stage.random.below(3)));
			await sleep(stage.random.below(600));
			await killAndRestart(stage, one(stage, COMMITTEE));
		},
	},
	{
		name: "member-killed-while-proving-key-sum",
		fault: "a member is killed in the middle of its key sum's proof, and restarted",
		endings: ["Finalized"],
		updates: ALL_THREE,
		proving: [300, 900],
		run: async (stage) => {
			const name = one(stage, COMMITTEE);
			await stage.actors[name].proving("KeySum");
			await sleep(stage.random.below(300));
			await killAndRestart(stage, name);
		},
	},
	{
		name: "members-killed-while-opening",
		fault: "members are killed around their key sums and attestations, and restarted",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await stage.until("the set is frozen", phaseIs("Frozen", "Opened", "Finalized"));
			for (const name of stage.choose(COMMITTEE, 3)) {
				await sleep(stage.random.below(500));
				await killAndRestart(stage, name);
			}
		},
	},
	{
		name: "coordinator-killed",
		fault: "the coordinator is killed around the opening of the round, and restarted",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			for (let kills = 0; kills < 3; kills++) {
				await sleep(stage.random.below(900));
				await killAndRestart(stage, COORDINATOR);
			}
		},
	},
	{
		name: "everybody-killed-once",
		fault: "each of the seven is killed once, at random times, and restarted",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await Promise.all(
				EVERYBODY.map(async (name) => {
					await sleep(stage.random.below(6_000));
					await killAndRestart(stage, name);
				}),
			);
		},
	},
	{
		name: "power-cut",
		fault: "all seven are killed at the same moment, and restarted",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await sleep(800 + stage.random.below(4_500));
			await Promise.all(EVERYBODY.map((name) => stage.actors[name].kill()));
			await sleep(stage.random.below(500));
		},
	},
	{
		name: "hospital-gone",
		fault: "a hospital dies before it has submitted, and never comes back",
		endings: ["Finalized"],
		updates: [2, 2],
		proving: [300, 900],
		run: async (stage) => {
			const name = one(stage, HOSPITALS);
			await stage.actors[name].proving("EncryptUpdate");
			await lose(stage, name);
			await stage.until("the others have submitted", accepted(2));
			await stage.endSubmissions();
		},
	},
	{
		name: "two-hospitals-gone",
		fault: "two of three hospitals never come back",
		endings: ["Failed: NotEnoughUpdates"],
		run: async (stage) => {
			for (const name of stage.choose(HOSPITALS, 2)) await lose(stage, name);
			await stage.until("the last one has submitted", accepted(1));
			await stage.endSubmissions();
		},
	},
	{
		name: "hospital-gone-after-submitting",
		fault: "a hospital dies for good as soon as its bundle is confirmed: the members have kept it",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await stage.until("all bundles are confirmed", confirmedBy(2));
			await lose(stage, one(stage, HOSPITALS));
		},
	},
	{
		name: "member-gone",
		fault: "one of three members is gone from the beginning",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => lose(stage, one(stage, COMMITTEE)),
	},
	{
		name: "two-members-gone-before-checking",
		fault: "two of three members are gone before they have confirmed anything",
		endings: ["Failed: NotEnoughAvailable"],
		run: async (stage) => {
			for (const name of stage.choose(COMMITTEE, 2)) await lose(stage, name);
			await stage.until("the updates are in", accepted(3));
			await stage.until("the last member has confirmed", confirmedBy(1));
			await stage.passDeadline("Open");
		},
	},
	{
		name: "two-members-gone-before-opening",
		fault:
			"two of three members are gone for good after the freeze: one key sum opens nothing, and nothing is repeated",
		endings: ["Waiting: Frozen"],
		run: async (stage) => {
			await stage.until("the set is frozen", phaseIs("Frozen"));
			for (const name of stage.choose(COMMITTEE, 2)) await lose(stage, name);
			await stage.until("the last member has opened its share", keySums(1));
		},
	},
	{
		name: "members-away-for-years",
		fault:
			"two of three members are away after the freeze for longer than every duration, and come back: the round goes on",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await stage.until("the set is frozen", phaseIs("Frozen"));
			for (const name of stage.choose(COMMITTEE, 2)) await stage.actors[name].kill();
			await stage.until("the last member has opened its share", keySums(1));
			await stage.clock.jump(YEARS);
		},
	},
	{
		name: "coordinator-tries-to-repeat",
		fault:
			"after the freeze and after the key sums, the coordinator tries to fail, to cancel and to repeat the round, with durations of a second",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await stage.until("the set is frozen", phaseIs("Frozen", "Opened"));
			await lose(stage, COORDINATOR);
			for (const phase of ["Frozen", "Opened"] as const) {
				const view = await stage.until(`the round is ${phase}`, phaseIs(phase, "Opened", "Finalized"));
				if (phaseIs("Finalized")(view)) return;
				await repeatRound(stage);
			}
		},
	},
	{
		name: "two-members-gone-before-attesting",
		fault: "two of three members are gone after the key sums: when their time is over, the hospitals attest",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			await stage.until("the key sums are there", phaseIs("Opened", "Finalized"));
			for (const name of stage.choose(COMMITTEE, 2)) await lose(stage, name);
			await stage.until("the last member has attested", attestations(1));
			await stage.passDeadline("Opened");
		},
	},
	{
		name: "coordinator-gone",
		fault: "the coordinator is gone once the round is open: nobody else needs it",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			// Its store has the first model alone, until a hospital trains on it.
			await Promise.all(HOSPITALS.map((name) => stage.actors[name].proving("TrainSegment")));
			await lose(stage, COORDINATOR);
		},
	},
	{
		name: "failed-round-then-next",
		fault: "a round fails because two hospitals are away; they return, and the next one goes through",
		endings: ["Failed: NotEnoughUpdates"],
		rounds: 2,
		run: async (stage) => {
			const away = stage.choose(HOSPITALS, 2);
			await Promise.all(away.map((name) => stage.actors[name].kill()));
			await stage.until("the last one has submitted", accepted(1));
			await stage.endSubmissions();
			await stage.until("the round has failed", ({ ledger }) => ledger.rounds.get(1n)?.phase === "Failed");
		},
	},
	{
		name: "paused",
		fault: "processes are paused for up to two seconds and resumed, as by a busy machine",
		endings: ["Finalized"],
		updates: ALL_THREE,
		run: async (stage) => {
			for (let pauses = 0; pauses < 5; pauses++) {
				const names = stage.choose(EVERYBODY, 1 + stage.random.below(3));
				for (const name of names) stage.actors[name].pause();
				await sleep(200 + stage.random.below(1_800));
				for (const name of names) stage.actors[name].resume();
				await sleep(stage.random.below(400));
			}
		},
	},
	{
		name: "member-paused-past-deadline",
		fault: "a member is paused in the middle of its key sum, and wakes up when the round is over",
		endings: ["Finalized"],
		updates: ALL_THREE,
		proving: [300, 900],
		run: async (stage) => {
			const name = one(stage, COMMITTEE);
			await stage.actors[name].proving("KeySum");
			stage.actors[name].pause();
			await stage.until("the round is over without it", phaseIs("Finalized"));
			stage.actors[name].resume();
			await sleep(1_000);
		},
	},
	{
		name: "hospital-paused-past-deadline",
		fault: "a hospital is paused in the middle of a proof, and wakes up when the submissions are over",
		endings: ["Finalized"],
		updates: [2, 2],
		proving: [300, 900],
		run: async (stage) => {
			const name = one(stage, HOSPITALS);
			await stage.actors[name].proving("EncryptUpdate");
			stage.actors[name].pause();
			await stage.until("the others have submitted", accepted(2));
			await stage.endSubmissions();
			await stage.until("the set is frozen", phaseIs("Frozen", "Opened", "Finalized"));
			stage.actors[name].resume();
		},
	},
	{
		name: "nobody-in-time",
		fault: "all members are paused until every deadline has passed, phase after phase",
		endings: ["Failed: NotEnoughAvailable"],
		run: async (stage) => {
			for (const name of MEMBERS) await stage.actors[name].places();
			for (const name of MEMBERS) stage.actors[name].pause();
			await stage.until("the updates are in", accepted(3));
			await stage.passDeadline("Open");
			await stage.until("the round has failed", phaseIs("Failed"));
		},
	},
];
