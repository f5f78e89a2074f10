"use client";

import { numberToHex } from "viem";
import {
	ENCRYPT_SIGNAL_WORDS,
	KEY_SUM_SIGNAL_WORDS,
	SHARE_DIGEST_WORDS,
	type SignalWords,
	TRAIN_SIGNAL_WORDS,
} from "@/lib/words/signals.ts";
import type { KeySumRecord, UpdateRecord } from "../../../worker/core/ledger/state.ts";
import { keySumStatements, type ProofStatement, updateStatements } from "../../../worker/core/statements.ts";
import { updateContext } from "../../../worker/protocol/context.ts";
import { ErrorState } from "../states/ErrorState.tsx";
import { Hash } from "../values/Hash.tsx";
import { Raw } from "../values/Raw.tsx";
import { PlainTable } from "./PlainTable.tsx";
import type { RoundView } from "./useRound.ts";

/** Proof `index` of an update (its segments, then its encryption) or of a key sum. */
export type ProofChoice =
	| { readonly kind: "update"; readonly update: UpdateRecord; readonly index: number }
	| { readonly kind: "keySum"; readonly keySum: KeySumRecord; readonly index: number };

const WORDS: Readonly<Record<ProofStatement["circuit"], Readonly<Record<string, SignalWords>>>> = {
	train: TRAIN_SIGNAL_WORDS,
	encrypt: ENCRYPT_SIGNAL_WORDS,
	keySum: KEY_SUM_SIGNAL_WORDS,
};

/** Numbers below this are counts, read better as they are. */
const SMALL = 2n ** 53n;

const statementOf = (
	{ round, study, chainId, roundManager }: RoundView,
	choice: ProofChoice,
): ProofStatement | undefined => {
	if (choice.kind === "keySum") {
		return keySumStatements(round, study, choice.keySum, { chainId, roundManager })[choice.index];
	}
	const { studyId, roundId } = round;
	const { hospital } = choice.update;
	const { profileId } = study.parameters;
	const context = updateContext({ chainId, roundManager, studyId, roundId, hospital, profileId });
	return updateStatements(round, study, choice.update, context)[choice.index];
};

const attempt = (view: RoundView, choice: ProofChoice) => {
	try {
		return { statement: statementOf(view, choice) };
	} catch (error) {
		return { error };
	}
};

const namedSignals = ({ circuit, signals }: ProofStatement) => {
	const words = Object.entries(WORDS[circuit]);
	return signals.map((value, index) => {
		const [name, { meaning, source }] = words[index] ?? [`shareDigests[${index - words.length}]`, SHARE_DIGEST_WORDS];
		return { name, value, meaning, source };
	});
};

type ProofValuesProps = {
	readonly view: RoundView;
	readonly choice: ProofChoice;
	/** Unique on the page. */
	readonly name: string;
};

/** Public signals and points of one proof, rebuilt from the ledger as the audit does it. */
export const ProofValues = ({ view, choice, name }: ProofValuesProps) => {
	const { statement, error } = attempt(view, choice);
	if (statement === undefined) return <ErrorState error={error} />;
	const signals = namedSignals(statement);
	const [ax, ay, bx1, bx0, by1, by0, cx, cy] = statement.proof;
	return (
		<>
			<PlainTable
				caption={`Public signals in their order: ${name}`}
				head={["Signal", "Value", "What it is", "Where the contract takes it from"]}
				rows={signals.map(({ name: signal, value, meaning, source }) => ({
					key: signal,
					cells: [
						signal,
						value < SMALL ? (
							String(value)
						) : (
							<Hash key="value" value={numberToHex(value, { size: 32 })} kind="commitment" />
						),
						meaning,
						source,
					],
				}))}
			/>
			<Raw
				label={`the values as JSON: ${name}`}
				value={{
					publicSignals: Object.fromEntries(signals.map((signal) => [signal.name, signal.value])),
					proof: { A: [ax, ay], B: { x: { c0: bx0, c1: bx1 }, y: { c0: by0, c1: by1 } }, C: [cx, cy] },
				}}
			/>
		</>
	);
};
