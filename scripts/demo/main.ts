/** `npm run demo`: builds what is missing, runs a consortium for several rounds, audits it, and serves it. This file starts without anything generated. */
import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { systemErrorCode } from "../../worker/adapters/atomicFile.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { printError } from "../../worker/service/exit.ts";
import { ROOT } from "../checks/steps.ts";
import { prepareStudy } from "../prepareStudy.ts";
import { buildWeb } from "../web/build.ts";
import { checkDemoOptions, type DemoOptions, withDemoOptions } from "./options.ts";
import { namesByHand } from "./serve/names.ts";

const startedAt = performance.now();
const program = withDemoOptions(
	new Command("npm run demo --").description(
		"Hospitals train one CNN on real clinical data, prove it, encrypt and submit; a committee opens only the sum; an auditor re-verifies everything.",
	),
).parse();
const NOT_AS_TOLD: readonly string[] = ["CONFIG_INVALID", "STUDY_INVALID", "PORT_IN_USE"];

/** 2: it could not start as it was told to; 1: something went wrong. */
const fail = (error: unknown): never => {
	printError(error);
	process.exit(isDecentraHealthError(error) && NOT_AS_TOLD.includes(error.code) ? 2 : 1);
};

/** Better now than after all rounds. */
const prepare = async () => {
	const options = checkDemoOptions(program.opts<DemoOptions>());
	if (options.json !== undefined) {
		await writeFile(options.json, "").catch((error: unknown) => {
			throw new DecentraHealthError("CONFIG_INVALID", {
				message: `the report cannot be written (${systemErrorCode(error)})`,
				nextStep: "Name a file in a folder that exists.",
			});
		});
	}
	const output = options.events === true ? process.stderr : process.stdout;
	const prepared = await prepareStudy(options.study, { output });
	const { data = [] } = options;
	const hospitals = data.length > 1 ? data.length : options.hospitals;
	const byHand = namesByHand(options.byHand, { hospitals, members: prepared.study.committee.members });
	if (options.serve === true) {
		output.write("the dApp (next build, when its sources changed)\n");
		await buildWeb();
	}
	return { options: { ...options, data }, prepared, byHand, output };
};

const { options, prepared, byHand, output } = await prepare().catch(fail);

// Without a handler, Node ends on Ctrl-C without its exit hooks, which stop the chain.
const interrupt = () => process.exit(128 + constants.signals.SIGINT);
process.on("SIGINT", interrupt);
try {
	// Imported only now: the modules below need the generated ABIs.
	const { openSetting } = await import("./setting.ts");
	const folder = options.folder ?? join(ROOT, ".data", `demo-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`);
	const setting = await openSetting({ ...options, prepared, folder, startedAt, output });
	const leaveInterrupt = () => process.removeListener("SIGINT", interrupt);
	if (options.fromScratch === true) {
		const { setUpFromScratch } = await import("./serve/fromScratch.ts");
		const { runServed } = await import("./serve/runServed.ts");
		const stage = await setUpFromScratch({ ...setting, study: prepared.study, port: options.port }, setting.view);
		leaveInterrupt();
		await runServed(stage, { ...options, ...setting, byHand }).finally(stage.stop);
	} else {
		const { runDemo } = await import("./run.ts");
		const { report, stage, gatewayUrl, closeStores } = await runDemo({ ...options, prepared, startedAt }, setting);
		if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, "\t")}\n`);
		process.exitCode = report.passed ? 0 : 1;
		if (options.serve === true || options.keep === true) leaveInterrupt();
		if (options.serve === true) {
			const { runServed } = await import("./serve/runServed.ts");
			// The workers serve the participants' blocks from here on.
			await closeStores();
			await runServed(stage, { ...options, ...setting, byHand }).finally(stage.stop);
		} else {
			if (options.keep === true) {
				const { chainText } = await import("./serve/announce.ts");
				const { rpcUrl, deployment, blocks } = stage;
				const text = chainText({ rpcUrl, roundManager: deployment.roundManager, gateway: gatewayUrl, blocks });
				output.write(`still running (Ctrl-C ends it):\n${text}\n`);
				// SIGTERM ends the process with the chain (localChain.ts).
				await new Promise<void>((resolve) => process.once("SIGINT", () => resolve()));
			}
			await stage.stop();
		}
	}
} catch (error) {
	fail(error);
}
// snarkjs and the chain's client keep handles open that have nothing left to do.
process.exit();
