/** The demo from its rows to its end; main.ts has built everything before this is loaded. */
import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { ROOT } from "../checks/steps.ts";
import type { PreparedStudy } from "../prepareStudy.ts";
import type { DemoOptions } from "./options.ts";
import { runDemo } from "./run.ts";
import { chainText } from "./serve/announce.ts";
import { setUpFromScratch } from "./serve/fromScratch.ts";
import { runServed } from "./serve/runServed.ts";
import type { Stage } from "./serve/serveDemo.ts";
import { type DemoSetting, openSetting } from "./setting.ts";

export type PerformOptions = DemoOptions & {
	/** The rows: scripts/demo/data.ts. */
	readonly data: readonly string[];
	readonly prepared: PreparedStudy;
	/** Whose wallets a person holds. */
	readonly signers: ReadonlySet<string>;
	/** For people. */
	readonly output: NodeJS.WriteStream;
	/** performance.now() at the start of the command. */
	readonly startedAt: number;
};

/** Without a handler, Node ends on Ctrl-C without its exit hooks, which stop the chain. */
const endOnInterrupt = () => {
	const interrupt = () => process.exit(128 + constants.signals.SIGINT);
	process.on("SIGINT", interrupt);
	return () => void process.removeListener("SIGINT", interrupt);
};

/** Ends with the chain. */
const serve = async (stage: Stage, options: PerformOptions, setting: DemoSetting, leaveInterrupt: () => void) => {
	const leaveSignals = (): void => {
		leaveInterrupt();
		stage.leaveSignals();
	};
	const { signers, webPort, events } = options;
	try {
		await runServed({ ...stage, leaveSignals }, { ...setting, byHand: signers, webPort, events });
	} finally {
		await stage.stop();
	}
};

/** @returns whether every round was finalized and the audit is clean */
export const performDemo = async (options: PerformOptions): Promise<boolean> => {
	const { prepared, output, port, seed, startedAt } = options;
	const leaveInterrupt = endOnInterrupt();
	const name = `demo-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
	const folder = options.folder ?? join(ROOT, ".data", name);
	const setting = await openSetting({ ...options, folder });
	if (options.fromScratch === true) {
		const stage = await setUpFromScratch({ ...setting, prepared, seed, port }, setting.view);
		await serve(stage, options, setting, leaveInterrupt);
		return true;
	}
	const { rounds } = options;
	const done = await runDemo({ rounds, seed, port, prepared, startedAt }, setting);
	const { report, stage, gatewayUrl } = done;
	if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, "\t")}\n`);
	if (options.serve === true) {
		// The workers serve the participants' blocks from here on.
		await done.closeStores();
		await serve(stage, options, setting, leaveInterrupt);
		return report.passed;
	}
	if (options.keep === true) {
		const { rpcUrl, deployment, blocks } = stage;
		const text = chainText({ rpcUrl, roundManager: deployment.roundManager, gateway: gatewayUrl, blocks });
		output.write(`still running (Ctrl-C ends it):\n${text}\n`);
		leaveInterrupt();
		// SIGTERM ends the process with the chain (localChain.ts).
		await new Promise<void>((resolve) => process.once("SIGINT", () => resolve()));
	}
	await stage.stop();
	return report.passed;
};
