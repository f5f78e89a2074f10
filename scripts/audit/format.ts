/** The audit's report as lines of text. */
import type { AuditReport, Check, CheckPlace } from "../../worker/core/audit/report.ts";

const MARKS: Readonly<Record<Check["status"], string>> = {
	ok: "ok     ",
	warning: "WARNING",
	failed: "FAILED ",
	skipped: "skipped",
};
/** A check's time is shown from here on. */
const SLOW_SECONDS = 1;

const short = (hex: string): string => `${hex.slice(0, 10)}..`;

const formatPlace = ({
	studyId,
	modelId,
	roundId,
	hospital,
	member,
	segment,
	keySumProof,
	block,
	transaction,
}: CheckPlace) => {
	const parts = [
		studyId === undefined ? undefined : `study ${studyId}`,
		roundId === undefined ? undefined : `round ${roundId}`,
		modelId === undefined ? undefined : `model ${modelId}`,
		hospital === undefined ? undefined : `hospital ${short(hospital)}`,
		member === undefined ? undefined : `member ${short(member)}`,
		segment === undefined ? undefined : `segment ${segment}`,
		keySumProof === undefined ? undefined : `proof ${keySumProof}`,
		block === undefined ? undefined : `block ${block}`,
		transaction === undefined ? undefined : `transaction ${short(transaction)}`,
	];
	return parts.filter((part) => part !== undefined).join(", ");
};

const problem = ({ status, code }: Check): string => (status === "ok" || code === undefined ? "" : ` ${code}:`);

/** One line: outcome, name, place, what was found. */
export const formatCheck = (check: Check, seconds: number): string => {
	const place = formatPlace(check.place);
	const time = seconds >= SLOW_SECONDS ? ` (${seconds.toFixed(1)} s)` : "";
	return `${MARKS[check.status]} ${check.id}${place === "" ? "" : ` [${place}]`}${problem(check)} ${check.detail}${time}`;
};

export const formatSummary = ({ clean, counts, blockNumber, firstFailure, seconds }: AuditReport): string => {
	const made = `${counts.ok} ok, ${counts.warning} warnings, ${counts.failed} failed, ${counts.skipped} skipped`;
	const head = `\n${clean ? "CLEAN" : "NOT CLEAN"}: ${made}, up to block ${blockNumber}, in ${seconds.toFixed(1)} s`;
	if (firstFailure === undefined) return head;
	const place = formatPlace(firstFailure.place);
	return `${head}\nfirst failure: ${firstFailure.code} ${firstFailure.id}${place === "" ? "" : ` [${place}]`}: ${firstFailure.detail}\n  next: ${firstFailure.nextStep}`;
};
