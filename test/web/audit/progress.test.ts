/** The check list: how it fills, how it is grouped, and that every check has its words. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { CHECK_WORDS, countWords, STATUS_WORDS } from "../../../web/lib/audit/checkWords.ts";
import { expectedChecks } from "../../../web/lib/audit/expectedChecks.ts";
import { type CheckGroup, groupChecks, troubledKeys, worstOf } from "../../../web/lib/audit/groups.ts";
import {
	type AuditHead,
	type AuditMessage,
	auditMessageSchema,
	type TimedCheck,
} from "../../../web/lib/audit/messages.ts";
import { type AuditState, lost, progressOf, received, started, stopped } from "../../../web/lib/audit/progress.ts";
import { partWords, placeWords, subjectTitle } from "../../../web/lib/audit/subjects.ts";
import { replay } from "../../../worker/core/audit/replay/replay.ts";
import { CHECK_IDS, summarize } from "../../../worker/core/audit/report.ts";
import { DEPLOYMENT, type SyntheticChain } from "../../support/audit/ledgerWriter.ts";
import { auditChain } from "../../support/audit/runAudit.ts";
import { HOSPITALS, MEMBERS } from "../../support/audit/syntheticConsortium.ts";
import { troubledChain } from "../../support/audit/troubledChain.ts";

const REQUEST = {
	rpcUrl: "http://127.0.0.1:1",
	roundManager: DEPLOYMENT.roundManager,
	gateways: ["http://127.0.0.1:2"],
};
const HEAD: AuditHead = {
	chainId: 31337,
	deployment: DEPLOYMENT,
	blockNumber: "9",
	blockTime: 1_700_000_000,
	events: 3,
	expected: 4,
};

let chain: SyntheticChain;
let checks: readonly TimedCheck[];
before(async () => {
	chain = troubledChain();
	checks = (await auditChain(chain)).map((check) => ({ ...check, seconds: 0.5 }));
});

const messageOf = ({ seconds, ...check }: TimedCheck): AuditMessage => ({ type: "check", check, seconds });

test("the expected number of checks is the number that an audit makes, whatever the rounds' ends", () => {
	const history = replay(chain.events, chain.deployment);
	assert.equal(expectedChecks(history), checks.length);
	assert.equal(expectedChecks(history, 1n), checks.length);
	assert.equal(expectedChecks(history, 2n), 5);
});

test("checks are grouped by study, model, round, update and member, and none is lost", () => {
	const groups = groupChecks(checks);
	assert.deepEqual(
		groups.map(({ key }) => key),
		["history", "study-1"],
	);
	const all = (group: CheckGroup): readonly TimedCheck[] => [...group.checks, ...group.groups.flatMap(all)];
	assert.deepEqual(new Set(groups.flatMap(all)), new Set(checks));
	const study = groups[1];
	const rounds = study?.groups.filter(({ subject }) => subject.kind === "round") ?? [];
	assert.equal(rounds.length, 6);
	assert.deepEqual(
		rounds[0]?.groups.map(({ subject }) => subject.kind),
		["update", "update", "update", "member", "member", "member"],
	);
	assert.deepEqual(
		rounds[0]?.groups.map(({ subject }) =>
			"hospital" in subject ? subject.hospital : "member" in subject && subject.member,
		),
		[...HOSPITALS, ...MEMBERS.slice(0, 3)],
	);
	const { failed, warning, ok, skipped } = groups.reduce(
		(sum, { counts }) => ({
			ok: sum.ok + counts.ok,
			warning: sum.warning + counts.warning,
			failed: sum.failed + counts.failed,
			skipped: sum.skipped + counts.skipped,
		}),
		{ ok: 0, warning: 0, failed: 0, skipped: 0 },
	);
	assert.deepEqual({ ok, warning, failed, skipped }, summarize(checks).counts);
});

test("the groups with something to look at are found at every depth", () => {
	const keys = troubledKeys(groupChecks(checks));
	const member = `member-1-${MEMBERS[1].toLowerCase()}`;
	assert.deepEqual(keys, ["study-1", "round-1", member]);
	assert.equal(worstOf({ ok: 3, warning: 1, failed: 0, skipped: 2 }), "warning");
	assert.equal(worstOf({ ok: 3, warning: 1, failed: 1, skipped: 2 }), "failed");
	assert.equal(worstOf({ ok: 3, warning: 0, failed: 0, skipped: 2 }), "skipped");
	assert.equal(worstOf({ ok: 0, warning: 0, failed: 0, skipped: 0 }), "none");
});

test("a violation of a round's rules stands with the history", () => {
	const check: TimedCheck = { id: "history.round", place: { roundId: "3" }, status: "failed", detail: "", seconds: 0 };
	assert.deepEqual(
		groupChecks([check]).map(({ key }) => key),
		["history"],
	);
});

test("messages fill the list, in batches of any size", () => {
	const messages: AuditMessage[] = [{ type: "head", head: HEAD }, ...checks.slice(0, 4).map(messageOf)];
	const atOnce = received(started(REQUEST, 1), messages, 2);
	const oneByOne = messages.reduce<AuditState>((state, message) => received(state, [message], 2), started(REQUEST, 1));
	assert.deepEqual(atOnce, oneByOne);
	assert.equal(atOnce.phase, "running");
	assert.deepEqual(atOnce.phase === "running" && atOnce.checks, checks.slice(0, 4));
	// Never complete before the report is there.
	assert.equal(progressOf(atOnce), 0.99);
	assert.equal(progressOf(received(started(REQUEST, 1), messages.slice(0, 3), 2)), 0.5);
});

test("an interruption keeps what was checked, and a report is the end", () => {
	const running = received(started(REQUEST, 1), [{ type: "head", head: HEAD }], 2);
	const problem = { code: "IPFS_UNREACHABLE", message: "m", nextStep: "n" };
	const ended = received(running, [...checks.slice(0, 2).map(messageOf), { type: "interrupted", problem }], 3);
	assert.deepEqual(ended.phase === "interrupted" && [ended.problem, ended.checks.length, ended.finishedAt], [
		problem,
		2,
		3,
	]);
	assert.equal(received(ended, checks.slice(2, 3).map(messageOf), 4), ended);

	const report = {
		version: 1,
		chainId: HEAD.chainId,
		deployment: DEPLOYMENT,
		blockNumber: "9",
		...summarize(checks),
		seconds: 1,
		checks: [...checks],
	} as const;
	const message = auditMessageSchema.parse({ type: "report", report });
	const finished = received(running, [message], 5);
	assert.deepEqual(finished.phase === "finished" && finished.report, report);
	assert.equal(progressOf(finished), 1);
	assert.equal(received(started(REQUEST, 1), [message], 5).phase, "interrupted");
});

test("stopping and losing the worker end a running audit alone", () => {
	const running = started(REQUEST, 1);
	assert.equal(stopped(running, 2).phase, "stopped");
	const gone = lost(running, undefined, 2);
	assert.equal(gone.phase === "interrupted" && gone.problem.code, "FAULT");
	assert.equal(lost(stopped(running, 2), "late", 3).phase, "stopped");
});

test("what the worker says is checked", () => {
	assert.equal(auditMessageSchema.safeParse({ type: "check", check: { id: "made.up" }, seconds: 1 }).success, false);
	assert.equal(auditMessageSchema.safeParse({ type: "report", report: {} }).success, false);
	assert.equal(auditMessageSchema.safeParse({ type: "else" }).success, false);
});

test("groups and places in words, hospitals and members by their names", () => {
	const nameOf = (address: string) => (address === HOSPITALS[0] ? "St. Anna" : "somebody");
	const titles = (groups: readonly CheckGroup[]): readonly string[] =>
		groups.flatMap(({ subject, groups: inner }) => [subjectTitle(subject, nameOf), ...titles(inner)]);
	const all = titles(groupChecks(checks));
	for (const title of [
		"Chain history",
		"Study 1",
		"Model 2",
		"Round 6",
		"Update of St. Anna",
		"Committee member somebody",
	]) {
		assert.ok(all.includes(title), title);
	}
	const proof = checks.find(({ id }) => id === "round.update.segment.proof");
	assert.match(placeWords(proof?.place ?? {}, nameOf), /^study 1, round 1, update of St\. Anna, segment 1, block \d+$/);
	assert.equal(placeWords({}, nameOf), "chain history");
	assert.equal(partWords({ keySumProof: 1 }), "proof 2");
});

test("every check has a name of its own and a meaning, every status a word", () => {
	for (const id of CHECK_IDS) {
		assert.match(CHECK_WORDS[id].title, /^[A-Z].*[^.]$/);
		assert.match(CHECK_WORDS[id].meaning, /^[A-Z].*\.$/);
	}
	const titles = CHECK_IDS.map((id) => CHECK_WORDS[id].title);
	assert.equal(new Set(titles).size, titles.length);
	assert.equal(new Set(Object.values(STATUS_WORDS).map(({ label }) => label)).size, 4);
	assert.equal(countWords({ ok: 2, warning: 1, failed: 0, skipped: 3 }), "1 warning, 3 skipped, 2 passed");
	assert.equal(countWords({ ok: 0, warning: 0, failed: 0, skipped: 0 }), "no checks");
});
