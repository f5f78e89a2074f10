/** Round 1 of a consortium of workers, open and two of three updates in; every test starts from there, with members that have signed for nothing. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach } from "node:test";
import { closeProver } from "../../worker/adapters/prover.ts";
import { confirmAvailability } from "../../worker/node/availability.ts";
import { watchUpdates } from "../../worker/node/challenge.ts";
import { hospitalStep } from "../../worker/node/hospital.ts";
import { carryOut } from "../../worker/node/housekeeping.ts";
import { keepNotes } from "./keepNotes.ts";
import { startWorkerChain, type WorkerChain } from "./workerChain.ts";
import { type ConsortiumSize, enrollWorkers, WALLETS, type WorkerConsortium } from "./workerConsortium.ts";

/** Registers the hooks of a test file; what it returns can be used inside tests. */
export const openRoundFixture = (size: ConsortiumSize = {}) => {
	const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
	let chain: WorkerChain | undefined;
	let consortium: WorkerConsortium | undefined;
	let hospitalNotes: readonly ReturnType<typeof keepNotes>[] = [];
	let snapshot: Awaited<ReturnType<WorkerChain["takeSnapshot"]>> | undefined;
	const started = <T>(value: T | undefined): T => {
		if (value === undefined) throw new Error("used before the test file's before()");
		return value;
	};

	before(async () => {
		chain = await startWorkerChain();
		consortium = await enrollWorkers(chain, folder, size);
		await consortium.join();
		await consortium.openRound();
		for (const index of [0, 1]) await hospitalStep(await consortium.hospital(index), 1n, consortium.study);
		cpSync(join(folder, "ipfs"), join(folder, "ipfs-before"), { recursive: true });
		hospitalNotes = WALLETS.hospitals.map((wallet) => keepNotes(join(folder, `wallet-${wallet}`)));
	});
	after(async () => {
		await closeProver();
		await chain?.stop();
		for (const { forget } of hospitalNotes) forget();
		rmSync(folder, { recursive: true });
	});
	beforeEach(async () => {
		snapshot = await started(chain).takeSnapshot();
	});
	afterEach(async () => {
		await snapshot?.restore();
		rmSync(join(folder, "ipfs"), { recursive: true });
		cpSync(join(folder, "ipfs-before"), join(folder, "ipfs"), { recursive: true });
		for (const { restore } of hospitalNotes) restore();
		for (const wallet of WALLETS.members) rmSync(join(folder, `wallet-${wallet}`), { recursive: true, force: true });
	});

	return {
		folder,
		chain: () => started(chain),
		consortium: () => started(consortium),
		submitLast: async () => hospitalStep(await started(consortium).hospital(2), 1n, started(consortium).study),
		/** As many members as have to hold every bundle say that they do; then the set is frozen. */
		freeze: async () => {
			const { coordinator, member, round } = started(consortium);
			const open = await round(1n);
			for (let index = 0; index < open.record.parameters.threshold; index++) {
				const confirming = await member(index);
				const { held } = await watchUpdates(confirming, open.round, open.record);
				await confirmAvailability(confirming, open.round, held);
			}
			await carryOut(coordinator, { kind: "freeze", round: (await round(1n)).round });
		},
	};
};
