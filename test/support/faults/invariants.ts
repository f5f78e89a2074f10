/** What has to hold at the end of every scenario, whatever went wrong in it: from the chain, the stores, the wire and the logs. */
import type { Hex } from "viem";
import { sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { decodeModel } from "../../../worker/core/codecs/model.ts";
import type { Ledger, RoundRecord } from "../../../worker/core/ledger/state.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { addressOf, type FaultConsortium, MEMBERS, STUDY } from "./consortium.ts";
import { plainModel } from "./plaintext.ts";
import type { Ending, Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { roundCall, type Wire } from "./wire.ts";

export const endingOf = ({ phase, failure }: RoundRecord): Ending | undefined => {
	if (phase === "Finalized") return "Finalized";
	return phase === "Failed" ? `Failed: ${failure ?? "None"}` : undefined;
};

/** As {@link endingOf}; of a round that has not ended, what it waits in after its freeze. */
export const standingOf = (round: RoundRecord): Ending | undefined => {
	const { phase } = round;
	return phase === "Frozen" || phase === "Opened" ? `Waiting: ${phase}` : endingOf(round);
};

/** All blocks that are whole in any participant's store. */
export const blocksOf = (files: readonly { readonly name: string; readonly bytes: Uint8Array }[]) =>
	new Map(files.flatMap(({ name, bytes }) => (name.includes("ipfs/") ? [[sha256Digest(bytes) as string, bytes]] : [])));

type Models = ReadonlyMap<bigint, readonly number[]>;

/** Weights of every model on the chain, as the stores have them. */
export const modelsOf = ({ models }: Ledger, blocks: ReadonlyMap<string, Uint8Array>): Models => {
	const { weightCount } = architectureOf(STUDY);
	return new Map(
		[...models.values()].flatMap(({ modelId, digest }) => {
			const bytes = blocks.get(digest);
			return bytes === undefined ? [] : [[modelId, decodeModel(bytes, weightCount)] as const];
		}),
	);
};

/** Finalized with the right model, or failed with the model unchanged. */
const checkModels = (consortium: FaultConsortium, ledger: Ledger, models: Models): readonly string[] => {
	const found: string[] = [];
	let current = 1n;
	for (const round of ledger.rounds.values()) {
		if (round.baseModelId !== current) found.push(`round ${round.roundId} starts from model ${round.baseModelId}`);
		const { finalized } = round;
		if (finalized === undefined) continue;
		const base = models.get(round.baseModelId);
		const weights = models.get(finalized.modelId);
		current = finalized.modelId;
		if (base === undefined || weights === undefined) {
			found.push(`the model of round ${round.roundId} is in nobody's store`);
			continue;
		}
		if (commitWeights(weights, 0n) !== finalized.modelCommitment) found.push("a model is not the committed one");
		if (weights.join() !== plainModel(consortium, round, base).join()) {
			found.push(`the model of round ${round.roundId} is not the mean of its hospitals' weights`);
		}
	}
	const finals = [...ledger.rounds.values()].filter(({ phase }) => phase === "Finalized").length;
	if (ledger.models.size !== 1 + finals) found.push(`${ledger.models.size} models after ${finals} finalized rounds`);
	return found;
};

/**
 * One set a member and base model: of all that was ever signed, on whatever branch of the chain and in whichever round. Rounds that the chain
 * does not show any more count by their number.
 */
const checkKeySums = async (wire: Wire, { rounds }: Ledger): Promise<readonly string[]> => {
	const sets = new Map<string, Set<Hex>>();
	for (const transaction of await wire.transactions()) {
		const call = roundCall(transaction);
		if (call?.functionName !== "postKeySum") continue;
		const [roundId, frozenSetDigest] = call.args;
		const base = rounds.get(roundId)?.opening.baseCommitment;
		const key = `${transaction.from} ${base === undefined ? `in round ${roundId}` : `over base ${base}`}`;
		sets.set(key, (sets.get(key) ?? new Set()).add(frozenSetDigest));
	}
	return [...sets].flatMap(([key, digests]) => (digests.size > 1 ? [`${key} opened ${digests.size} sets`] : []));
};

/** No call of a wallet took effect twice. */
const checkRepetitions = async ({ connection }: Stage, wire: Wire): Promise<readonly string[]> => {
	const effects = new Map<string, number>();
	const summary = new Map<string, string>();
	for (const transaction of await wire.transactions()) {
		const receipt = await connection.client.getTransactionReceipt({ hash: transaction.hash }).catch(() => undefined);
		if (receipt?.status !== "success") continue;
		const key = `${transaction.from} ${transaction.to} ${transaction.data}`;
		effects.set(key, (effects.get(key) ?? 0) + 1);
		summary.set(key, roundCall(transaction)?.functionName ?? transaction.data.slice(0, 10));
	}
	return [...effects].flatMap(([key, count]) => {
		const name = summary.get(key);
		// The wallet's own transfers of nothing fill nonces; openRound is the same call each time.
		const mayRepeat = name === "openRound" || name === "0x";
		return count > 1 && !mayRepeat ? [`${key.slice(0, 42)} called ${name} ${count} times with effect`] : [];
	});
};

/** Every set holds each hospital once, and nobody who was removed. */
const checkSets = ({ rounds }: Ledger): readonly string[] =>
	[...rounds.values()].flatMap(({ roundId, updates, removed, keySums }) => {
		const hospitals = updates.map(({ hospital }) => hospital);
		const members = keySums.map(({ member }) => member);
		const isTwice = (list: readonly string[]) => new Set(list).size !== list.length;
		const seats = MEMBERS.map(addressOf);
		return [
			...(isTwice(hospitals) ? [`a hospital is twice in round ${roundId}`] : []),
			...(isTwice(members) ? [`a member posted twice in round ${roundId}`] : []),
			...(members.every((member) => seats.includes(member)) ? [] : [`a stranger posted in round ${roundId}`]),
			...(removed.some((hospital) => hospitals.includes(hospital))
				? [`a removed hospital is in round ${roundId}`]
				: []),
		];
	});

/** At most one set is frozen over the same base weights. */
const checkBases = ({ rounds }: Ledger): readonly string[] => {
	const bases = [...rounds.values()]
		.filter(({ frozen }) => frozen !== undefined)
		.map((round) => round.opening.baseCommitment);
	return new Set(bases).size === bases.length ? [] : ["two sets were frozen over the same base weights"];
};

const checkEnding = (scenario: Scenario, ledger: Ledger): readonly string[] => {
	const [first] = ledger.rounds.values();
	const ending = first === undefined ? undefined : standingOf(first);
	if (first === undefined || ending === undefined) return ["the round did not end"];
	if (!scenario.endings.includes(ending)) return [`the round ended as "${ending}"`];
	const [least, most] = scenario.updates ?? [STUDY.minUpdates, 3];
	const count = first.updates.length;
	return ending === "Finalized" && (count < least || count > most) ? [`the model rests on ${count} updates`] : [];
};

export type Evidence = {
	readonly stage: Stage;
	readonly scenario: Scenario;
	readonly wire: Wire;
	readonly ledger: Ledger;
	readonly models: Models;
};

/** @returns what does not hold */
export const checkInvariants = async ({
	stage,
	scenario,
	wire,
	ledger,
	models,
}: Evidence): Promise<readonly string[]> => [
	...checkEnding(scenario, ledger),
	...checkModels(stage.consortium, ledger, models),
	...checkSets(ledger),
	...checkBases(ledger),
	...(await checkKeySums(wire, ledger)),
	...(await checkRepetitions(stage, wire)),
];
