/** Where a participant stands, from the chain's events and what its worker says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hospitalStanding } from "../../../web/lib/worker/hospitalSteps.ts";
import { memberStanding } from "../../../web/lib/worker/memberSteps.ts";
import { type Expected, readinessOf } from "../../../web/lib/worker/readiness.ts";
import type { Offer, WorkerDataset, WorkerStatus } from "../../../web/lib/worker/schemas.ts";
import type { WorkerView } from "../../../web/lib/worker/workerStore.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import type { OfferedAction } from "../../../worker/protocol/offeredActions.ts";
import { DEPLOYMENT } from "../../support/audit/ledgerWriter.ts";
import { enrolled, HOSPITALS, MEMBERS, type RoundEvents, rootOf, roundEvents } from "../../support/roundEvents.ts";

const [hospital, second, third, stranger] = HOSPITALS;
const [member, otherMember] = MEMBERS;

const status = (next: WorkerStatus["next"]["state"] = "waiting", part: Partial<WorkerStatus> = {}): WorkerStatus => ({
	role: "hospital",
	version: "0.1.0",
	chain: { id: 31337, block: 100, time: 1_700_000_000 },
	contracts: DEPLOYMENT,
	study: { id: 1, name: "study", definitionDigest: `0x${"ab".repeat(32)}` },
	wallet: { kind: "external", address: hospital },
	round: null,
	next: { state: next, action: null, text: "no round is open" },
	expects: null,
	problem: null,
	...part,
});

const offer = (action: OfferedAction): Offer => ({
	action,
	to: DEPLOYMENT.roundManager,
	data: "0x1234",
	chainId: 31337,
	summary: action,
	from: hospital,
	preparedAt: "2026-01-01T00:00:00.000Z",
});

const dataset = (root: bigint): WorkerDataset => ({
	samples: 80,
	leftOver: 0,
	batches: 10,
	batchSize: 8,
	classes: {},
	root: root.toString(),
	report: { verdict: "fine", findings: [] },
});

const view = (part: Partial<WorkerView> = {}): WorkerView => ({
	connection: "live",
	jobs: [],
	offers: [],
	status: status(),
	dataset: dataset(rootOf(hospital)),
	...part,
});

const ledgerOf = (events: RoundEvents) => foldEvents(events.events);
const ofHospital = (events: RoundEvents, worker: WorkerView, address = hospital) => {
	const { current, turn } = hospitalStanding(ledgerOf(events), address, worker);
	return `${current} ${turn}`;
};
const ofMember = (events: RoundEvents, worker: WorkerView = view()) => {
	const { current, turn } = memberStanding(ledgerOf(events), member, worker);
	return `${current} ${turn}`;
};

test("a hospital's way: each step follows from the chain and the worker", () => {
	const fresh = roundEvents();
	assert.equal(ofHospital(fresh, view({ status: status("waiting", { study: null }) })), "admission others");
	fresh.createStudy();
	fresh.admitHospital(hospital);
	assert.equal(ofHospital(fresh, view()), "dataset others");
	assert.equal(ofHospital(fresh, view({ offers: [offer("commitDataset")] })), "dataset you");
	fresh.commitDataset(hospital);
	assert.equal(ofHospital(fresh, view()), "round others");

	const events = enrolled();
	assert.equal(ofHospital(events, view()), "round others");
	assert.equal(ofHospital(events, view(), stranger), "admission others");
	events.openRound();
	assert.equal(ofHospital(events, view()), "round others");
	assert.equal(ofHospital(events, view({ status: status("working") })), "training worker");
	assert.equal(ofHospital(events, view({ offers: [offer("submitUpdate")] })), "signature you");
	events.submit(hospital);
	// The worker has not seen it yet.
	assert.equal(ofHospital(events, view({ offers: [offer("submitUpdate")] })), "accepted nobody");
	events.fail(1);
	assert.equal(ofHospital(events, view()), "round others");
	const { last } = hospitalStanding(ledgerOf(events), hospital, view());
	assert.equal(last?.round.failure, "NotEnoughUpdates");
});

test("another data set than the committed one is the worker's to commit", () => {
	const events = enrolled();
	const other = view({ dataset: dataset(5n) });
	const standing = hospitalStanding(ledgerOf(events), hospital, other);
	assert.equal(standing.current, "dataset");
	assert.ok(!standing.isCommitted && standing.committed !== undefined);
	assert.equal(ofHospital(events, view({ dataset: undefined })), "round others", "what the chain has is believed");
});

test("a barred hospital is told so", () => {
	const events = enrolled();
	events.openRound();
	events.submit(hospital);
	events.removeUpdate(hospital);
	const { current, barred } = hospitalStanding(ledgerOf(events), hospital, view());
	assert.ok(current === "admission" && barred);
});

test("a member's way: each step follows from the chain and the worker", () => {
	const fresh = roundEvents();
	fresh.createStudy();
	assert.equal(ofMember(fresh), "admission others");
	fresh.admitMember(member);
	assert.equal(ofMember(fresh), "join others");
	assert.equal(ofMember(fresh, view({ offers: [offer("registerShareKey")] })), "join you");
	fresh.registerKey(member);
	assert.equal(ofMember(fresh), "seat others");

	const events = enrolled();
	events.openRound();
	assert.equal(ofMember(events), "confirm others");
	for (const one of [hospital, second, third]) events.submit(one);
	events.close();
	assert.equal(ofMember(events, view({ offers: [offer("confirmAvailability")] })), "confirm you");
	events.confirm(member);
	events.confirm(otherMember);
	assert.equal(memberStanding(ledgerOf(events), member, view()).confirmed, 3);
	// Freezing is anybody's, no step of a member.
	assert.equal(ofMember(events, view({ offers: [offer("freeze")] })), "confirm others");
	events.freeze();
	assert.equal(ofMember(events, view({ status: status("working") })), "open worker");
	assert.equal(ofMember(events, view({ offers: [offer("postKeySum")] })), "open you");
	events.postKeySum(member);
	assert.equal(ofMember(events), "attest others");
	events.postKeySum(otherMember, true);
	assert.equal(ofMember(events, view({ offers: [offer("attest")] })), "attest you");
	events.attest(member);
	assert.equal(ofMember(events), "done nobody");
	events.attest(otherMember, true);
	assert.equal(ofMember(events), "seat others");
});

test("a member without a seat waits, one that was removed keeps its seat", () => {
	const events = enrolled();
	events.openRound({ committee: [otherMember] });
	assert.equal(ofMember(events), "seat others");
	const seated = enrolled();
	seated.openRound();
	seated.removeMember(member);
	assert.equal(ofMember(seated), "confirm others");
});

const expected: Expected = {
	role: "hospital",
	wallet: hospital,
	chain: { id: 31337, name: "Test chain" },
	deployment: DEPLOYMENT,
	version: "0.1.4",
	blockNumber: 101n,
};

const resultOf = (label: string, worker: WorkerView, part: Partial<Expected> = {}) => {
	const { checks, ready } = readinessOf(worker, { ...expected, ...part });
	return { tone: checks.find((check) => check.label === label)?.tone, ready };
};

test("a worker that fits is ready, whatever the capitals of its addresses", () => {
	const { checks, ready } = readinessOf(view(), expected);
	assert.ok(ready && checks.every(({ tone }) => tone === "ok"));
	const lower = status("waiting", { wallet: { kind: "external", address: hospital.toLowerCase() as typeof hospital } });
	assert.ok(readinessOf(view({ status: lower }), expected).ready);
});

test("each thing that is wrong with a worker is named and enables nothing", () => {
	const wrong: readonly (readonly [string, Partial<WorkerStatus>])[] = [
		["Role", { role: "committee" }],
		["Version", { version: "0.2.0" }],
		["Network", { chain: { id: 1, block: 100, time: 0 } }],
		["Contracts", { contracts: { ...DEPLOYMENT, roundManager: stranger } }],
		["Wallet", { wallet: { kind: "external", address: stranger } }],
	];
	for (const [label, part] of wrong)
		assert.deepEqual(resultOf(label, view({ status: status("waiting", part) })), { tone: "bad", ready: false }, label);
	assert.deepEqual(resultOf("Network", view(), { blockNumber: 150n }), { tone: "warn", ready: true });
	assert.deepEqual(resultOf("Worker", view({ connection: "lost" })), { tone: "warn", ready: true });
	assert.equal(resultOf("Worker", view({ connection: "connecting", status: undefined })).ready, false);
	const headless = status("waiting", { wallet: { kind: "keystore", address: hospital } });
	assert.deepEqual(resultOf("Wallet", view({ status: headless })), { tone: "info", ready: true });
});
