/** Table-driven tests: one fact of a finalized round is changed, and the audit has to name it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Check, CheckId, CheckPlace } from "../../../worker/core/audit/report.ts";
import type { ErrorCode } from "../../../worker/protocol/errors.ts";
import type { SyntheticChain } from "./ledgerWriter.ts";
import { auditChain, cloneChain, eventOf, notOk } from "./runAudit.ts";
import { HOSPITALS, type SyntheticConsortium, syntheticConsortium } from "./syntheticConsortium.ts";
import { syntheticRounds } from "./syntheticRounds.ts";

export type Tampering = {
	readonly name: string;
	readonly tamper: (chain: SyntheticChain) => void;
	/** The first check that fails (or warns, when none fails). */
	readonly id: CheckId;
	readonly code: ErrorCode;
	readonly place?: CheckPlace;
	/** Every check that is not ok, each id once, in order; by default the first alone. */
	readonly affected?: readonly CheckId[];
};

/** What cannot be checked any more when the sum does not decrypt. */
export const UNDECRYPTABLE = ["round.aggregate", "round.result"] as const satisfies readonly CheckId[];

/** What falls with a key sum, where only t were posted. */
export const UNOPENED = ["round.keySum.agreement", ...UNDECRYPTABLE] as const satisfies readonly CheckId[];

/** A round with three updates held by members 1 and 2, and frozen. */
export const frozenRound = (consortium: SyntheticConsortium) => {
	consortium.link();
	consortium.createStudy();
	consortium.enroll();
	const rounds = syntheticRounds(consortium);
	const round = rounds.openRound();
	for (const hospital of HOSPITALS) rounds.submit(round, hospital);
	rounds.hold(round);
	rounds.freeze(round);
	return { ...rounds, round };
};

/** The same, with key sums of members 1 and 2 in two proofs each, and finalized by attestations of members 1 and 3. */
export const finalizedChain = (seed: string): SyntheticChain => {
	const consortium = syntheticConsortium(seed);
	const { round, postKeySum, attest } = frozenRound(consortium);
	for (const member of [1, 2]) postKeySum(round, member);
	for (const member of [1, 3]) attest(round, member);
	return consortium.chain;
};

export const show = (checks: readonly Check[]): string =>
	checks.map(({ status, id, code, detail }) => `${status} ${id} ${code ?? ""} ${detail}`).join("\n");

export const testTamperings = (original: SyntheticChain, tamperings: readonly Tampering[]): void => {
	for (const { name, tamper, id, code, place = {}, affected = [id] } of tamperings) {
		test(`tampering is named: ${name}`, async () => {
			const chain = cloneChain(original);
			tamper(chain);
			const wrong = notOk(await auditChain(chain));
			const named = wrong.find(({ status }) => status === "failed") ?? wrong[0];
			assert.ok(named !== undefined, "the audit found nothing");
			assert.deepEqual({ id: named.id, code: named.code }, { id, code }, show(wrong));
			assert.deepEqual({ ...named.place, ...place }, named.place);
			assert.deepEqual([...new Set(wrong.map((check) => check.id))], affected, show(wrong));
			assert.notEqual(named.nextStep, undefined);
		});
	}
};

export const flip = (bytes: Uint8Array, at: number): void => {
	bytes[at] = (bytes[at] as number) ^ 1;
};

export const studyOf = (chain: SyntheticChain) => eventOf(chain, "StudyCreated").args.study;
export const openingOf = (chain: SyntheticChain) => eventOf(chain, "RoundOpened").args.opening;
export const updateOf = (chain: SyntheticChain, nth = 0) => eventOf(chain, "UpdateSubmitted", nth).args.update;
