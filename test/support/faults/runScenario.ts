/** One scenario from its snapshot to its verdict. */
import { cpSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import { randomRing } from "../randomRing.ts";
import { type Actor, createActor, type Problem } from "./actor.ts";
import { startChainClock } from "./chainClock.ts";
import type { Chains } from "./chains.ts";
import { type FaultConsortium, NAMES, type Name, RPC, WITNESS } from "./consortium.ts";
import { blocksOf, checkInvariants, endingOf, modelsOf, standingOf } from "./invariants.ts";
import type { Links } from "./links.ts";
import type { Ending, Scenario } from "./scenario.ts";
import { filesBelow, lastingSecrets, type Place, roundSecrets, scan } from "./secrets.ts";
import { createStage, type Stage, type View, YEARS } from "./stage.ts";
import { createWire } from "./wire.ts";
import type { WorkerPool } from "./workerPool.ts";

export type Theatre = {
	readonly consortium: FaultConsortium;
	readonly chains: Chains;
	readonly links: Links;
	readonly pool: WorkerPool;
	/** Scenarios' folders go below it. */
	readonly folder: string;
	/** Keeps the folders of scenarios that went as they should, too. */
	readonly keep?: boolean;
};

export type Verdict = {
	readonly scenario: string;
	readonly seed: number;
	readonly seconds: number;
	/** Of the first round. */
	readonly ending: Ending | "none";
	readonly violations: readonly string[];
	/** Codes with which workers ended by themselves; their supervisor started them again. */
	readonly problems: readonly Problem[];
	/** Requests that met a fault on a link. */
	readonly linkFaults: number;
	readonly folder: string;
};

const INTERVAL = 150;
/** Nothing happened on the chain or in any log for so long: time is all that the round can be waiting for. */
const STALL = 12_000;
const END_TIMEOUT = 150_000;
const SETTLED = 4 * INTERVAL;
const PROVING = [60, 240] as const;

const fingerprint = ({ ledger }: View): string =>
	[...ledger.rounds.values()]
		.map(({ phase, deadline, updates, removed, keySums, attestations, hospitalAttestations }) => {
			const confirmations = updates.reduce((sum, { confirmedBy }) => sum + confirmedBy.length, 0);
			const attested = attestations.length + hospitalAttestations.length;
			return [phase, deadline, updates.length, removed.length, confirmations, keySums.length, attested];
		})
		.join("|");

/**
 * Waits until so many rounds have ended and stay so; time jumps ahead when nothing else happens. A frozen round that may wait for ever has ended
 * so when nothing happens after years either.
 * @throws Error when they never do
 */
const waitForEnd = async (stage: Stage, { rounds = 1, endings }: Scenario): Promise<View> => {
	const mayWait = endings.some((ending) => ending.startsWith("Waiting"));
	let yearsPassed = false;
	let known = "";
	let changedAt = performance.now();
	for (const startedAt = performance.now(); performance.now() - startedAt < END_TIMEOUT; await sleep(INTERVAL)) {
		const view = await stage.look();
		const ended = [...view.ledger.rounds.values()].filter((round) => endingOf(round) !== undefined).length;
		if (ended >= rounds) {
			await sleep(SETTLED);
			return stage.look();
		}
		const written = Object.values(stage.actors).map(
			({ logFile }) => statSync(logFile, { throwIfNoEntry: false })?.size,
		);
		const now = [fingerprint(view), ...written].join(" ");
		if (now !== known) {
			known = now;
			changedAt = performance.now();
		} else if (performance.now() - changedAt > STALL) {
			const waits = view.round?.phase === "Frozen" || view.round?.phase === "Opened";
			if (mayWait && waits && yearsPassed) return view;
			if (waits) {
				await stage.clock.jump(YEARS);
				yearsPassed = true;
			} else await stage.passDeadline();
			changedAt = performance.now();
		}
	}
	throw new Error(`${rounds} rounds did not end within ${END_TIMEOUT / 1000} s`);
};

export const runScenario = async (theatre: Theatre, scenario: Scenario, seed: number): Promise<Verdict> => {
	const { consortium, links, pool, chains } = theatre;
	const { template, roundManager } = consortium;
	const startedAt = performance.now();
	const random = randomRing(`${scenario.name}/${seed}`);
	const folder = join(theatre.folder, `${scenario.name}-${seed}`);
	rmSync(folder, { recursive: true, force: true });
	cpSync(template, folder, { recursive: true });
	const logs = join(folder, "logs");
	mkdirSync(logs);

	const chain = await chains.open(scenario.joins === undefined ? "joined" : "admitted");
	const { node } = chain;
	links.targets.set(RPC, node.rpcUrl);
	links.targets.set(WITNESS, node.rpcUrl);
	const violations: string[] = [];
	const problems: Problem[] = [];
	const seen: Place[] = [];
	const wire = createWire();
	links.onPassage = wire.onPassage;
	const hitsBefore = links.hits();

	const clock = startChainClock(node, chain.floor, { interval: INTERVAL, step: 1n });
	const actorOptions = {
		...{ pool, logs, random, proving: scenario.proving ?? PROVING },
		seed: `${scenario.name}/${seed}`,
		onProblem: (problem: Problem) => void problems.push(problem),
	};
	const actors = Object.fromEntries(
		NAMES.map((name) => [name, createActor(name, { ...actorOptions, folder: join(folder, name) })]),
	) as Record<Name, Actor>;
	const stage = createStage({
		...{ random, consortium, node, links, clock, actors, gone: new Set<Name>() },
		connection: await connectChain({ rpcUrl: node.rpcUrl, address: roundManager }),
		violation: (text) => void violations.push(text),
		seen: (name, bytes) => void seen.push({ name, bytes }),
	});

	let view: View | undefined;
	try {
		// So that all begin at the same time.
		await pool.warm(NAMES.length);
		await scenario.before?.(stage);
		await Promise.all(NAMES.map((name) => actors[name].start()));
		await scenario.run(stage);
		links.heal();
		for (const name of NAMES) {
			if (stage.gone.has(name)) continue;
			actors[name].resume();
			await actors[name].start();
		}
		view = await waitForEnd(stage, scenario);
	} catch (error) {
		violations.push(error instanceof Error ? error.message : String(error));
	}
	links.heal();
	const ends = await Promise.all(NAMES.map(async (name) => [name, await actors[name].end()] as const));
	for (const [name, byItself] of ends) if (!byItself) violations.push(`${name} did not end when it was told to`);
	await clock.stop();

	const { ledger } = view ?? (await stage.look());
	const files = filesBelow(folder);
	const blocks = blocksOf(files);
	const models = modelsOf(ledger, blocks);
	violations.push(...(await checkInvariants({ stage, scenario, wire, ledger, models })));
	violations.push(
		...problems.filter(({ code }) => code === "UNEXPECTED").map(({ name, message }) => `${name}: ${message}`),
	);
	const rounds = [...ledger.rounds.values()];
	const needles = [
		...lastingSecrets(consortium, random),
		...roundSecrets(consortium, { rounds, bases: models, bundles: blocks }),
	];
	const places = [...files, ...wire.bytes(), ...seen, { name: "output", bytes: Buffer.from(pool.takeOutput()) }];
	violations.push(...scan(places, needles).map((found) => `LEAKED: ${found}`));

	await chain.close();
	if (violations.length === 0 && theatre.keep !== true) rmSync(folder, { recursive: true, force: true });
	const [first] = rounds;
	return {
		scenario: scenario.name,
		seed,
		seconds: (performance.now() - startedAt) / 1000,
		ending: (first && standingOf(first)) ?? "none",
		violations,
		problems,
		linkFaults: links.hits() - hitsBefore,
		folder,
	};
};

/** The last lines of everybody's log, for a failure's report. */
export const logTails = (folder: string, lines = 12): string =>
	NAMES.map((name) => {
		try {
			const text = readFileSync(join(folder, "logs", `${name}.log`), "utf8").trim();
			return `--- ${name}\n${text.split("\n").slice(-lines).join("\n")}`;
		} catch {
			return `--- ${name}: no log`;
		}
	}).join("\n");
