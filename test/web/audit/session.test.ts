/** The browser's audit as its worker runs it: a node and gateways over HTTP, proofs verified by snarkjs on one thread. */
import assert from "node:assert/strict";
import { before, type TestContext, test } from "node:test";
import { type AuditMessage, auditMessageSchema } from "../../../web/lib/audit/messages.ts";
import type { AuditRequest } from "../../../web/lib/audit/request.ts";
import { runSession } from "../../../web/lib/audit/session.ts";
import { verifyProof } from "../../../web/lib/audit/verifyProof.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import type { SyntheticChain } from "../../support/audit/ledgerWriter.ts";
import { serveChain } from "../../support/audit/rpcServer.ts";
import { cloneChain, eventOf } from "../../support/audit/runAudit.ts";
import { finalizedChain, flip, updateOf } from "../../support/audit/tampering.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

let original: SyntheticChain;
before(() => {
	original = finalizedChain("browser audit");
});

/** A gateway that serves what it has under the digest, true or not. */
const serveBlocks = async (context: TestContext, blocks: SyntheticChain["blocks"]): Promise<string> => {
	const store = diskStore(temporaryFolder(context));
	const gateway = await startGateway({
		store: { ...store, get: async (digest, options) => blocks.get(digest) ?? store.get(digest, options) },
	});
	context.after(gateway.close);
	return gateway.url;
};

const serve = async (context: TestContext, chain: SyntheticChain): Promise<AuditRequest> => ({
	rpcUrl: await serveChain(context, chain),
	roundManager: chain.deployment.roundManager,
	gateways: [await serveBlocks(context, chain.blocks)],
});

/** What arrives at the page: copies, checked. */
const run = async (request: AuditRequest): Promise<readonly AuditMessage[]> => {
	const messages: AuditMessage[] = [];
	const post = (message: AuditMessage) => messages.push(auditMessageSchema.parse(structuredClone(message)));
	await runSession(request, { verifyProof, post, now: () => performance.now() });
	return messages;
};

const endOf = (messages: readonly AuditMessage[]) => messages.at(-1) ?? assert.fail("the worker said nothing");

const reportOf = (messages: readonly AuditMessage[]) => {
	const end = endOf(messages);
	return end.type === "report" ? end.report : assert.fail(JSON.stringify(end));
};

test("an honest round: the head, as many checks as expected, and a clean report", async (context) => {
	const messages = await run(await serve(context, original));
	const [head, ...others] = messages;
	assert.ok(head?.type === "head");
	assert.equal(head.head.blockNumber, String(original.events.at(-1)?.place.blockNumber));
	assert.equal(head.head.events, original.events.length);
	const report = reportOf(messages);
	assert.deepEqual(report.counts, { ok: head.head.expected, warning: 0, failed: 0, skipped: 0 });
	assert.equal(others.filter(({ type }) => type === "check").length, head.head.expected);
	assert.equal(report.checks.filter(({ id }) => id === "round.update.segment.proof").length, 4);
});

test("a tampered bundle fails by its code, and a gateway that has the right one puts it right", async (context) => {
	const chain = cloneChain(original);
	const { bundleDigest } = updateOf(chain, 1);
	const bytes = (chain.blocks.get(bundleDigest) as Uint8Array).slice();
	flip(bytes, 5_000);
	chain.blocks.set(bundleDigest, bytes);
	const request = await serve(context, chain);
	const { clean, firstFailure, counts } = reportOf(await run(request));
	assert.equal(clean, false);
	assert.deepEqual([firstFailure?.id, firstFailure?.code], ["round.update.bundle", "BLOCK_MISMATCH"]);
	assert.equal(firstFailure?.place.hospital, eventOf(chain, "UpdateSubmitted", 1).args.hospital);
	assert.ok(counts.skipped > 0);
	const honest = await serveBlocks(context, original.blocks);
	assert.equal(reportOf(await run({ ...request, gateways: [...request.gateways, honest] })).clean, true);
});

test("a forged proof is found by snarkjs", async (context) => {
	const chain = cloneChain(original);
	eventOf(chain, "SegmentProven", 0).args.proof = eventOf(chain, "SegmentProven", 1).args.proof;
	const { firstFailure } = reportOf(await run(await serve(context, chain)));
	assert.deepEqual([firstFailure?.id, firstFailure?.code], ["round.update.segment.proof", "PROOF_INVALID"]);
});

test("what is unreachable interrupts, and says nothing about the deployment", async (context) => {
	const request = await serve(context, original);
	const codeOf = async (changes: Partial<AuditRequest>) => {
		const end = endOf(await run({ ...request, ...changes }));
		if (end.type !== "interrupted") return assert.fail(end.type);
		assert.notEqual(end.problem.nextStep, "");
		return end.problem.code;
	};
	assert.equal(await codeOf({ rpcUrl: "http://127.0.0.1:1" }), "RPC_UNREACHABLE");
	assert.equal(await codeOf({ gateways: ["http://127.0.0.1:1"] }), "IPFS_UNREACHABLE");
	assert.equal(await codeOf({ studyId: "9" }), "STUDY_MISSING");
});

test("one unreachable gateway of two costs nothing but time", async (context) => {
	const request = await serve(context, original);
	assert.equal(reportOf(await run({ ...request, gateways: ["http://127.0.0.1:1", ...request.gateways] })).clean, true);
});

test("only the study that was asked for", async (context) => {
	const report = reportOf(await run({ ...(await serve(context, original)), studyId: "1", fromBlock: "0" }));
	assert.deepEqual([report.studyId, report.clean], ["1", true]);
});
