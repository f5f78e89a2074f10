/** The demo from its rows to its end; main.ts has built everything before this is loaded. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../checks/steps.ts";
import type { PreparedStudy } from "../prepareStudy.ts";
import type { WebBuild } from "../web/serve.ts";
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
	/** Of the dApp; undefined when it is not served. */
	readonly build: WebBuild | undefined;
	/** So far a signal ends this process at once; afterwards whoever calls this handles them. */
	readonly leaveSignals: () => void;
	/** For people. */
	readonly output: NodeJS.WriteStream;
	/** performance.now() at the start of the command. */
	readonly startedAt: number;
};

/** Ends with the chain. */
const serve = async (stage: Stage, build: WebBuild, options: PerformOptions, setting: DemoSetting) => {
	const leaveSignals = (): void => {
		options.leaveSignals();
		stage.leaveSignals();
	};
	const { signers, webPort, events } = options;
	try {
		await runServed({ ...stage, leaveSignals }, { ...setting, build, byHand: signers, webPort, events });
	} finally {
		await stage.stop();
	}
};

/** @returns whether every round was finalized and the audit is clean */
export const performDemo = async (options: PerformOptions): Promise<boolean> => {
	const { prepared, output, port, seed, startedAt } = options;
	const name = `demo-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
	const folder = options.folder ?? join(ROOT, ".data", name);
	const setting = await openSetting({ ...options, folder });
	const { build } = options;
	if (build !== undefined && options.fromScratch === true) {
		const stage = await setUpFromScratch({ ...setting, prepared, port }, setting.view);
		await serve(stage, build, options, setting);
		return true;
	}
	const { rounds } = options;
	const done = await runDemo({ rounds, seed, port, prepared, startedAt }, setting);
	const { report, stage, gatewayUrl } = done;
	if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, "\t")}\n`);
	if (build !== undefined) {
		// The workers serve the participants' blocks from here on.
		await done.closeStores();
		await serve(stage, build, options, setting);
		return report.passed;
	}
	if (options.keep === true) {
		const { rpcUrl, deployment, blocks } = stage;
		const text = chainText({ rpcUrl, roundManager: deployment.roundManager, gateway: gatewayUrl, blocks });
		output.write(`still running (Ctrl-C ends it):\n${text}\n`);
		options.leaveSignals();
		// SIGTERM ends the process with the chain (localChain.ts).
		await new Promise<void>((resolve) => process.once("SIGINT", () => resolve()));
	}
	await stage.stop();
	return report.passed;
};
