/**
 * The audit of a real run: clean as it is, and with one byte of IPFS or one value of the chain changed, the check, code and place are named. What can be
 * changed at all is tried on synthetic rounds in test/worker/core; here every proof is a real one, and the chain and the blocks are those of the run.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { ROOT } from "../../scripts/checks/steps.ts";
import { closeProver } from "../../worker/adapters/prover.ts";
import { type AuditReport, auditReportSchema, CHECK_IDS, type CheckId } from "../../worker/core/audit/report.ts";
import { runAudit } from "../../worker/node/auditor.ts";
import { attach } from "../support/e2e/attach.ts";
import { type DemoRun, demoRun } from "../support/e2e/demoRun.ts";
import { startDoctoredNode } from "../support/e2e/doctoredNode.ts";
import { CIPHERTEXT_BYTE, tamperedBlocks } from "../support/e2e/tamperedBlocks.ts";
import { tamperedChain } from "../support/e2e/tamperedChain.ts";
import { blockFile, flipByte, type LastRound, lastRoundOf } from "../support/e2e/tampering.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";

let demo: DemoRun;
let last: LastRound;

before(async () => {
	demo = await demoRun();
	last = lastRoundOf(await attach(demo));
});
after(closeProver);

/** A copy of the run's blocks, for a test to damage. */
const copyBlocks = async (context: TestContext): Promise<string> => {
	const folder = join(temporaryFolder(context), "ipfs");
	await cp(last.run.blocks, folder, { recursive: true });
	return folder;
};

/** Every outcome but ok, each once. */
const outcomesOf = ({ checks }: AuditReport): readonly string[] => [
	...new Set(
		checks
			.filter(({ status }) => status !== "ok")
			.map(({ status, id, code }) => `${status} ${id}${code === undefined ? "" : ` ${code}`}`),
	),
];

const show = ({ checks }: AuditReport): string =>
	checks
		.filter(({ status }) => status !== "ok")
		.map((check) => JSON.stringify(check))
		.join("\n");

test("the run as it is: clean through the gateway and from the folder, every proof, object and round", async () => {
	const { rpcUrl, address, gatewayUrl } = demo;
	const { blocks, rounds } = last.run;
	for (const ipfs of [gatewayUrl, blocks]) {
		const report = await runAudit({ rpcUrl, address, ipfs });
		assert.deepEqual(outcomesOf(report), []);
		assert.equal(report.clean, true);
		const count = (id: CheckId): number => report.checks.filter((check) => check.id === id).length;
		const updates = rounds.flatMap((round) => round.updates);
		assert.equal(count("round.update.segment.proof"), updates.flatMap(({ segments }) => segments).length);
		assert.equal(count("round.update.encryption.proof"), updates.length);
		assert.equal(count("round.update.evaluation"), updates.length);
		assert.equal(count("round.update.shareDigest"), updates.length);
		const keySums = rounds.flatMap((round) => round.keySums);
		assert.equal(count("round.keySum.proof"), keySums.flatMap(({ proofs }) => proofs).length);
		assert.equal(count("round.result"), rounds.length);
		assert.equal(count("model.commitment"), rounds.length + 1);
		const made = new Set(report.checks.map(({ id }) => id));
		const never = CHECK_IDS.filter((id) => !made.has(id));
		assert.deepEqual(
			never,
			["round.challenge", "round.excluded", "round.failed", "round.phase"],
			"nothing of that kind happened",
		);
	}
});

describe("one thing changed", () => {
	for (const { name, tamper, expected, place } of [...tamperedBlocks, ...tamperedChain]) {
		test(name, async (context) => {
			const ipfs = await copyBlocks(context);
			const lie = await tamper(last, ipfs);
			const node = await startDoctoredNode(last.run.connection, lie ?? {});
			try {
				const report = await runAudit({ rpcUrl: node.url, address: demo.address, ipfs });
				assert.deepEqual(outcomesOf(report), expected, show(report));
				assert.equal(report.clean, false);
				const found = report.firstFailure?.place;
				assert.deepEqual({ ...found, ...place(last) }, found, show(report));
			} finally {
				await node.close();
			}
		});
	}

	test("nothing: the same detour through the node's proxy and a copy of the blocks is clean", async (context) => {
		const node = await startDoctoredNode(last.run.connection, {});
		try {
			const report = await runAudit({ rpcUrl: node.url, address: demo.address, ipfs: await copyBlocks(context) });
			assert.deepEqual(outcomesOf(report), []);
		} finally {
			await node.close();
		}
	});
});

const command = (...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
	new Promise((resolve) => {
		const options = ["--disable-warning=ExperimentalWarning", "scripts/audit/main.ts", ...args];
		execFile(process.execPath, options, { cwd: ROOT, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
			resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr });
		});
	});

describe("npm run audit", () => {
	const options = ({ rpcUrl = demo.rpcUrl, ipfs = demo.gatewayUrl }: { rpcUrl?: string; ipfs?: string } = {}) => [
		...["--rpc", rpcUrl],
		...["--address", demo.address],
		...["--ipfs", ipfs],
	];

	test("exit 0 and one line per check", async () => {
		const { code, stdout, stderr } = await command(...options());
		assert.equal(code, 0, stderr);
		const [, checks] = /\nCLEAN: (\d+) ok, 0 warnings, 0 failed, 0 skipped, up to block \d+, in /.exec(stdout) ?? [];
		assert.equal(String(stdout.split("\n").filter((line) => line.startsWith("ok ")).length), checks, stdout);
		assert.equal(stderr, "");
	});

	test("exit 1 and a report that names the first mismatch", async (context) => {
		const ipfs = await copyBlocks(context);
		const { bundleDigest, hospital } = last.update(0);
		await flipByte(blockFile(ipfs, bundleDigest), CIPHERTEXT_BYTE);
		const { code, stdout, stderr } = await command(...options({ ipfs }), "--json");
		assert.equal(code, 1, stderr);
		const { clean, firstFailure } = auditReportSchema.parse(JSON.parse(stdout));
		assert.equal(clean, false);
		assert.equal(firstFailure?.id, "round.update.bundle");
		assert.equal(firstFailure?.code, "BLOCK_MISMATCH");
		assert.equal(firstFailure?.place.hospital, hospital);
	});

	test("exit 2 when nothing could be found out", async () => {
		const nobody = "http://127.0.0.1:1";
		for (const unreachable of [options({ rpcUrl: nobody }), options({ ipfs: nobody })]) {
			const { code, stdout, stderr } = await command(...unreachable, "--json");
			assert.equal(code, 2, stderr);
			assert.match(stderr, /^error (?:RPC|IPFS)_UNREACHABLE: .*\n {2}next: /);
			assert.equal(stdout, "");
		}
	});
});
