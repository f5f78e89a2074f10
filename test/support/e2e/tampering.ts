/** One thing of a run's last round changed, and what the audit has to say about it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "viem";
import type { CheckPlace } from "../../../worker/core/audit/report.ts";
import type { RoundRecord, UpdateRecord } from "../../../worker/core/ledger/state.ts";
import type { AttachedRun } from "./attach.ts";
import type { Lie } from "./doctoredNode.ts";

/** The round in which one member never answered, so that both of its key sums and both members' confirmations are needed. */
export type LastRound = {
	readonly run: AttachedRun;
	readonly round: RoundRecord;
	readonly update: (index: number) => UpdateRecord;
};

export const lastRoundOf = (run: AttachedRun): LastRound => {
	const round = run.rounds.at(-1);
	if (round === undefined) throw new RangeError("the run has no round");
	const update = (index: number): UpdateRecord => {
		const found = round.updates[index];
		if (found === undefined) throw new RangeError(`round ${round.roundId} has no update ${index}`);
		return found;
	};
	return { run, round, update };
};

export type Tampering = {
	readonly name: string;
	/** Damages a copy of the blocks, or says what the node shows instead of the truth, or both. */
	readonly tamper: (last: LastRound, blocks: string) => Promise<Lie | undefined> | Lie;
	/** Every outcome but ok, each once, in order: status, check and code. */
	readonly expected: readonly string[];
	/** Of the first failure: at least this. */
	readonly place: (last: LastRound) => CheckPlace;
};

/** What follows when the sum can't be decrypted any more. */
export const LOST_SUM = ["skipped round.aggregate", "skipped round.result"] as const;

/** What follows when the key sums are not about the round's set, or too few of them are. */
export const LOST_KEY_SUMS = [
	"failed round.keySum.statement KEY_SUM_MALFORMED",
	"skipped round.keySum.proof",
	"failed round.keySum.agreement KEY_SUM_MISSING",
] as const;

export const placeOfRound = ({ round }: LastRound): CheckPlace => ({ roundId: String(round.roundId) });
export const placeOfStudy = ({ round }: LastRound): CheckPlace => ({ studyId: String(round.studyId) });
export const placeOfUpdate =
	(index: number) =>
	(last: LastRound): CheckPlace => {
		const { hospital, place } = last.update(index);
		return { ...placeOfRound(last), hospital, transaction: place.transactionHash };
	};

export const blockFile = (folder: string, digest: Hex): string => join(folder, digest.slice(2, 4), digest.slice(2));

/** Changes one bit of one byte of a file. @returns its bytes now */
export const flipByte = async (path: string, at: number): Promise<Uint8Array> => {
	const bytes = new Uint8Array(await readFile(path));
	const byte = bytes[at];
	if (byte === undefined) throw new RangeError(`${path} has no byte ${at}`);
	bytes[at] = byte ^ 1;
	await writeFile(path, bytes);
	return bytes;
};
