/** Updates that the contract took out: their bundles must be inconsistent indeed. */
import { updateContext } from "../../protocol/context.ts";
import type { StudyRecord } from "../ledger/state.ts";
import { auditBundle } from "./auditUpdate.ts";
import { check, eventPlace, mismatch } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { RoundHistory } from "./replay/state.ts";
import type { Check } from "./report.ts";

export async function* auditChallenges(
	ports: AuditPorts,
	round: RoundHistory,
	study: StudyRecord,
): AsyncGenerator<Check, void> {
	for (const { hospital, place: event } of round.challenges) {
		const place = {
			studyId: String(round.studyId),
			roundId: String(round.roundId),
			hospital,
			...eventPlace(event),
		};
		const submission = round.submissions.find((other) => other.hospital === hospital);
		const context = updateContext({
			chainId: ports.chainId,
			roundManager: ports.deployment.roundManager,
			studyId: round.studyId,
			roundId: round.roundId,
			hospital,
			profileId: study.parameters.profileId,
		});
		// What is a finding elsewhere is the expected outcome here.
		const findings: Check[] = [];
		if (submission !== undefined) {
			for await (const finding of auditBundle(ports, submission, { context, round, study, place }))
				findings.push(finding);
		}
		const problem = findings.find(({ status }) => status === "failed" || status === "warning");
		if (problem?.code === "BLOCK_MISSING" || problem?.code === "BLOCK_MISMATCH") {
			yield {
				id: "round.challenge",
				place,
				status: "warning",
				detail: `the removed bundle is gone, so the challenge can't be judged again: ${problem.detail}`,
				code: problem.code,
				...(problem.nextStep === undefined ? {} : { nextStep: problem.nextStep }),
			};
			continue;
		}
		yield* check("round.challenge", place, {
			run: () => {
				if (submission === undefined) throw mismatch(`${hospital} was challenged without an update`);
				if (problem === undefined) throw mismatch(`the update of ${hospital} is consistent, but was challenged`);
				return problem;
			},
			detail: ({ detail }) => `rightly removed: ${detail}`,
		});
	}
}
