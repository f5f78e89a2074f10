/**
 * The audit: everything that a study's rounds claim, verified again from the chain's events and IPFS blocks alone. Pure but for its ports,
 * so a command line, a test and a browser run the same; every check is yielded as soon as it is made, and a failed one does not end the audit.
 */
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { Bundle } from "../codecs/bundle.ts";
import { auditChallenges } from "./auditChallenges.ts";
import { auditEnd } from "./auditEnd.ts";
import { auditFrozenSet } from "./auditFrozenSet.ts";
import { auditKeySums } from "./auditKeySums.ts";
import { auditModel } from "./auditModel.ts";
import { auditOpening } from "./auditOpening.ts";
import { auditResult } from "./auditResult.ts";
import { auditStudy, type StudyKeys } from "./auditStudy.ts";
import { auditTiming } from "./auditTiming.ts";
import { auditUpdate } from "./auditUpdate.ts";
import { check, eventPlace, finding } from "./check.ts";
import type { AuditPorts, BlockHeader } from "./ports.ts";
import { type History, replay } from "./replay/replay.ts";
import type { RoundHistory } from "./replay/state.ts";
import type { Check } from "./report.ts";

export type AuditOptions = {
	/** Only this study and its rounds; the history of all contracts is checked in any case. */
	readonly studyId?: bigint | undefined;
};

/** Many events share a block. */
const rememberHeaders = (getHeader: AuditPorts["getHeader"]): AuditPorts["getHeader"] => {
	const known = new Map<bigint, Promise<BlockHeader>>();
	return (blockNumber) => {
		const header = known.get(blockNumber) ?? getHeader(blockNumber);
		known.set(blockNumber, header);
		return header;
	};
};

const RULE_IDS = ["history.order", "history.registry", "history.study", "history.round"] as const;

const inconsistent = (message: string): DecentraHealthError =>
	new DecentraHealthError("LEDGER_INCONSISTENT", {
		message,
		nextStep:
			"The RPC node left out or made up events, or the audit did not start at the deployment's block: try another node.",
	});

async function* auditHistory(
	{ studies, models, rounds, violations }: History,
	{ events, counts }: AuditPorts,
): AsyncGenerator<Check, void> {
	yield* check(
		"history.complete",
		{},
		{
			run: () => {
				const pairs = [
					["studies", studies.size, counts.studies],
					["models", models.length, counts.models],
					["rounds", rounds.size, counts.rounds],
				] as const;
				for (const [what, found, there] of pairs) {
					if (BigInt(found) !== there)
						throw inconsistent(`the events show ${found} ${what}, the contracts have ${there}`);
				}
			},
			detail: `${studies.size} studies, ${models.length} models, ${rounds.size} rounds`,
		},
	);
	for (const id of RULE_IDS) {
		const broken = violations.filter((violation) => violation.id === id);
		if (broken.length === 0) yield { id, place: {}, status: "ok", detail: `${events.length} events` };
		for (const { place, roundId, problem } of broken) {
			const at = { ...(roundId === undefined ? {} : { roundId: String(roundId) }), ...eventPlace(place) };
			yield finding(id, at, "failed", inconsistent(problem));
		}
	}
}

async function* auditRound(
	ports: AuditPorts,
	{ history, round, keys }: { history: History; round: RoundHistory; keys: StudyKeys },
): AsyncGenerator<Check, void> {
	const { models } = history;
	const study = history.studies.get(round.studyId);
	if (study === undefined) return;
	yield* auditOpening(ports, round, { study, models });
	yield* auditTiming(ports, round);
	const bundles = new Map<RoundHistory["submissions"][number], Bundle | undefined>();
	for (const submission of round.submissions) {
		bundles.set(submission, yield* auditUpdate(ports, submission, { round, study, keys }));
	}
	yield* auditChallenges(ports, round, study);
	yield* auditFrozenSet(round, study, history.rounds.values());
	if (round.frozen !== undefined) {
		const keySums = yield* auditKeySums(ports, { round, study, keys });
		const ofAccepted = round.accepted.map((submission) => bundles.get(submission));
		yield* auditResult(ports, { round, study, bundles: ofAccepted, keySums, models });
	}
	yield* auditEnd(round, { study, models });
}

/**
 * @throws DecentraHealthError STUDY_MISSING when there is no such study, or none at all, and what the ports throw when chain or IPFS are unreachable
 */
export async function* audit(ports: AuditPorts, { studyId }: AuditOptions = {}): AsyncGenerator<Check, void> {
	const history = replay(ports.events, ports.deployment);
	const audited = [...history.studies.values()].filter((study) => studyId === undefined || study.studyId === studyId);
	// Nothing to check would pass for a clean audit.
	if (audited.length === 0) {
		throw new DecentraHealthError("STUDY_MISSING", {
			message: `the events show no study${studyId === undefined ? "" : ` ${studyId}`}: there is nothing to audit`,
			nextStep: "Check the address, the study's id and the first block, or try another RPC node.",
		});
	}
	const remembering = { ...ports, getHeader: rememberHeaders(ports.getHeader) };
	yield* auditHistory(history, ports);
	for (const study of audited) {
		const keys = yield* auditStudy(remembering, study);
		for (const model of history.models) {
			if (model.studyId === study.studyId) yield* auditModel(remembering, history, model);
		}
		for (const round of history.rounds.values()) {
			if (round.studyId === study.studyId) yield* auditRound(remembering, { history, round, keys });
		}
	}
}
