/** The auditor as it runs: an RPC node over HTTP, a folder of blocks, and snarkjs, which verifies every proof. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { digestOf } from "../../../worker/adapters/ipfs/cid.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { auditReportSchema, type Check, type CheckId } from "../../../worker/core/audit/report.ts";
import { runAudit } from "../../../worker/node/auditor.ts";
import type { Argument } from "../../support/audit/auditsAtOnce.ts";
import type { SyntheticChain } from "../../support/audit/ledgerWriter.ts";
import { serveChain } from "../../support/audit/rpcServer.ts";
import { cloneChain, eventOf, notOk } from "../../support/audit/runAudit.ts";
import { finalizedChain, flip, show, updateOf } from "../../support/audit/tampering.ts";
import { productCircuit } from "../../support/circuits/productCircuit.ts";
import { serve as serveHttp } from "../../support/httpServer.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const COMMAND = fileURLToPath(new URL("../../../scripts/audit/main.ts", import.meta.url));
const AT_ONCE = fileURLToPath(new URL("../../support/audit/auditsAtOnce.ts", import.meta.url));

let original: SyntheticChain;
before(() => {
	original = finalizedChain("auditor");
});
after(closeProver);

const serve = async (context: TestContext, chain: SyntheticChain) => {
	const ipfs = temporaryFolder(context);
	const store = diskStore(ipfs);
	for (const bytes of chain.blocks.values()) await store.put(bytes);
	return { rpcUrl: await serveChain(context, chain), address: chain.deployment.roundManager, ipfs };
};

test("a finalized round is clean, every proof verified by snarkjs; progress comes check by check", async (context) => {
	const told: Check[] = [];
	const report = await runAudit({ ...(await serve(context, original)), onCheck: (check) => told.push(check) });
	assert.equal(show(notOk(report.checks)), "");
	assert.equal(report.clean, true);
	assert.deepEqual(
		told,
		report.checks.map(({ seconds, ...check }) => check),
	);
	assert.deepEqual(report.counts, { ok: told.length, warning: 0, failed: 0, skipped: 0 });
	assert.equal(report.blockNumber, String(original.events.at(-1)?.place.blockNumber));
	const count = (id: CheckId): number => report.checks.filter((check) => check.id === id).length;
	assert.equal(count("round.update.segment.proof"), 4);
	assert.equal(count("round.update.encryption.proof"), 3);
	assert.equal(count("round.keySum.proof"), 4);
});

test("a doctored chain state: a proof of another segment, and a signal that the proof does not cover", async (context) => {
	const chain = cloneChain(original);
	const [one, other] = [eventOf(chain, "SegmentProven", 0).args, eventOf(chain, "SegmentProven", 1).args];
	one.proof = other.proof;
	updateOf(chain, 1).encryption.y += 1n;
	const { checks, firstFailure, clean } = await runAudit(await serve(context, chain));
	assert.equal(clean, false);
	assert.deepEqual(
		notOk(checks).map(({ id, code }) => `${id} ${code}`),
		[
			"round.update.segment.proof PROOF_INVALID",
			"round.update.encryption.proof PROOF_INVALID",
			"round.update.evaluation AUDIT_MISMATCH",
			"round.update.shareDigest undefined",
			"round.aggregate undefined",
			"round.result undefined",
		],
	);
	assert.equal(firstFailure?.place.segment, 0);
});

test("one byte of one block file", async (context) => {
	const request = await serve(context, original);
	const { bundleDigest } = updateOf(original, 2);
	const bytes = (original.blocks.get(bundleDigest) as Uint8Array).slice();
	flip(bytes, 5_000);
	await writeFile(join(request.ipfs, bundleDigest.slice(2, 4), bundleDigest.slice(2)), bytes);
	const { firstFailure } = await runAudit(request);
	assert.deepEqual([firstFailure?.id, firstFailure?.code], ["round.update.bundle", "BLOCK_MISMATCH"]);
});

test("what ends an audit before it has found anything out is a coded error", async (context) => {
	const request = await serve(context, original);
	await rejectsWithCode(runAudit({ ...request, studyId: 9n }), "STUDY_MISSING");
	await rejectsWithCode(runAudit({ ...request, address: "0x12" }), "CONFIG_INVALID");
	await rejectsWithCode(runAudit({ ...request, ipfs: join(request.ipfs, "missing") }), "IPFS_UNREACHABLE");
	await rejectsWithCode(runAudit({ ...request, rpcUrl: "http://127.0.0.1:1" }), "RPC_UNREACHABLE");
	const stop = new AbortController();
	const stopped = runAudit({ ...request, signal: stop.signal, onCheck: () => stop.abort() });
	await rejectsWithCode(stopped, "ABORTED");
	// Starting behind the deployment hides its first events: never a clean audit.
	await rejectsWithCode(runAudit({ ...request, fromBlock: 1_000n }), "STUDY_MISSING");
	const late = await runAudit({ ...request, fromBlock: 3n });
	assert.equal(late.firstFailure?.code, "LEDGER_INCONSISTENT");
});

/** Ended by force when it does not end: -1. */
const run = (file: string, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
	new Promise((resolve) => {
		const options = ["--disable-warning=ExperimentalWarning", file, ...args];
		const limits = { maxBuffer: 2 ** 24, timeout: 1_200_000, killSignal: "SIGKILL" } as const;
		execFile(process.execPath, options, limits, (error, stdout, stderr) => {
			resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr });
		});
	});
const command = (...args: readonly string[]) => run(COMMAND, args);

test("two audits at once, beside two proofs, in one process, which ends by itself", async (context) => {
	const circuits = temporaryFolder(context);
	await productCircuit(circuits);
	const argument: Argument = { request: await serve(context, original), circuits };
	const { code, stdout, stderr } = await run(AT_ONCE, [JSON.stringify(argument)]);
	assert.equal(code, 0, stderr);
	const { signals, counts } = JSON.parse(stdout);
	assert.deepEqual(signals, ["35,7", "35,7"]);
	assert.equal(counts[0], counts[1]);
	assert.match(counts[0], /^true \d+$/);
});

test("the command: exit 0 and a line per check, exit 1 and the first failure, exit 2 without an audit", async (context) => {
	const doctored = cloneChain(original);
	updateOf(doctored).context += 1n;
	const [request, bad] = [await serve(context, original), await serve(context, doctored)];
	const options = ({ rpcUrl, address, ipfs }: typeof request) => [
		"--rpc",
		rpcUrl,
		"--address",
		address,
		"--ipfs",
		ipfs,
	];

	const clean = await command(...options(request), "--study", "1");
	assert.equal(clean.code, 0, clean.stderr);
	assert.match(clean.stdout, /^ok {6}round\.update\.segment\.proof \[study 1, round 1, hospital 0x[0-9a-f]{8}/im);
	assert.match(clean.stdout, /\nCLEAN: \d+ ok, 0 warnings, 0 failed, 0 skipped, up to block \d+/);
	assert.equal(clean.stderr, "");

	const failed = await command(...options(bad), "--json");
	assert.equal(failed.code, 1, failed.stderr);
	const report = auditReportSchema.parse(JSON.parse(failed.stdout));
	assert.equal(report.firstFailure?.id, "round.update.context");
	assert.equal(report.firstFailure?.code, "AUDIT_MISMATCH");

	const usage = await command(...options(request), "--study", "one");
	assert.equal(usage.code, 2);
	const unreachable = await command(...options({ ...request, rpcUrl: "http://127.0.0.1:1" }));
	assert.equal(unreachable.code, 2);
	assert.match(unreachable.stderr, /^error RPC_UNREACHABLE: .*\n {2}next: /);
	assert.equal(unreachable.stdout, "");
});

test("a gateway's bad moment is no finding: asked again, and exit 2 when it stays", async (context) => {
	const request = await serve(context, original);
	const store = diskStore(request.ipfs);
	const { bundleDigest } = updateOf(original, 1);
	const auditOver = async (answer: (response: ServerResponse, earlier: number) => boolean) => {
		let earlier = 0;
		const gateway = await serveHttp(context, async ({ url = "" }, response) => {
			const [, cid = ""] = /^\/ipfs\/([^?]+)/.exec(url) ?? [];
			const digest = digestOf(cid);
			if (digest !== bundleDigest || !answer(response, earlier++)) response.end(await store.get(digest));
		});
		return command("--rpc", request.rpcUrl, "--address", request.address, "--ipfs", gateway.href);
	};
	const passing = await auditOver((response, earlier) => {
		if (earlier < 2) response.writeHead(429, { "Retry-After": "0" }).end("slow down");
		return earlier < 2;
	});
	assert.equal(passing.code, 0, passing.stderr);
	for (const [status, body, code] of [
		[429, "slow down", "IPFS_UNREACHABLE"],
		[502, "", "IPFS_UNREACHABLE"],
		[504, "", "IPFS_TIMEOUT"],
		[200, "<html>Log in</html>", "IPFS_REFUSED"],
	] as const) {
		const {
			code: exit,
			stderr,
			stdout,
		} = await auditOver((response) => {
			response.writeHead(status, { "Content-Type": "text/html", "Retry-After": "0" }).end(body);
			return true;
		});
		assert.equal(exit, 2, stderr);
		assert.match(stderr, new RegExp(`^error ${code}: .*\n {2}next: `));
		assert.doesNotMatch(stdout, /NOT CLEAN/);
	}
});
