/** `npm run demo`: builds what is missing, runs a consortium for several rounds, audits it, and serves it. This file starts without anything generated. */
import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { Command } from "commander";
import { systemErrorCode } from "../../worker/adapters/atomicFile.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { printError } from "../../worker/service/exit.ts";
import { prepareStudy } from "../prepareStudy.ts";
import { takeWebBuild } from "../web/serve.ts";
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
	const signers = namesByHand(options.byHand, { hospitals, members: prepared.study.committee.members });
	if (options.serve === true) output.write("the dApp (next build, when its sources changed)\n");
	const build = options.serve === true ? await takeWebBuild() : undefined;
	return { ...options, data, prepared, signers, build, leaveSignals, output, startedAt };
};

/** Without a handler, Node ends on a signal without its exit hooks, which stop the chain and tidy up. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const endOnSignal = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal]);
for (const name of SIGNALS) process.on(name, endOnSignal);
const leaveSignals = (): void => {
	for (const name of SIGNALS) process.removeListener(name, endOnSignal);
};

const request = await prepare().catch(fail);
// Imported only now: it needs the generated ABIs.
const { performDemo } = await import("./perform.ts");
process.exitCode = (await performDemo(request).catch(fail)) ? 0 : 1;
// snarkjs and the chain's client keep handles open that have nothing left to do.
process.exit();
