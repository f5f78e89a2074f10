/** What a demo has before its chain: what it prints to, its rows, its folder, its passphrase. */
import { randomBytes } from "node:crypto";
import { PASSPHRASE_VARIABLE } from "../../worker/adapters/passphrase.ts";
import { makeNewFolder } from "../newFolder.ts";
import type { PreparedStudy } from "../prepareStudy.ts";
import { type DemoData, demoData } from "./data.ts";
import { createView, type View } from "./view.ts";

export type SettingOptions = {
	readonly hospitals: number;
	readonly prepared: PreparedStudy;
	/** The rows: scripts/demo/data.ts. */
	readonly data: readonly string[];
	readonly test?: string;
	readonly samples?: number;
	readonly seed: string;
	readonly folder: string;
	/** performance.now() at the start of the command. */
	readonly startedAt: number;
	/** For people: standard output, unless that is for programs. */
	readonly output: NodeJS.WriteStream;
};

export type DemoSetting = {
	readonly view: View;
	readonly write: (text: string) => void;
	readonly data: DemoData;
	readonly folder: string;
	readonly passphrase: string;
};

/** Training proofs a hospital and round at most where the demo chooses the rows: for its time, not the protocol's limit. */
export const MOST_SEGMENTS = 4;
/** Rows of a hospital when images are cut into hospitals. */
const IMAGES = 64;

/** @throws DecentraHealthError CONFIG_INVALID, DATASET_* */
export const openSetting = async (options: SettingOptions): Promise<DemoSetting> => {
	const { hospitals, seed, folder, test, output, startedAt } = options;
	const { study } = options.prepared;
	const write = (text: string): void => void output.write(text);
	const view = createView({ write, startedAt, terminal: output.isTTY === true });
	// One file of images is cut into hospitals of the same size; tables into sizes that follow from the seed.
	const cut = options.data.length === 1 && study.preprocessing.kind === "image" ? IMAGES : undefined;
	const samples = options.samples ?? cut;
	const maxBatches = Math.min(MOST_SEGMENTS * study.stepsPerSegment, 2 ** study.datasetDepth);
	const data = await demoData({ study, data: options.data, test, hospitals, samples, seed, maxBatches });
	await makeNewFolder(folder);
	// With a passphrase of one's own, the keystores can be opened afterwards, by the tasks for example.
	const passphrase = process.env[PASSPHRASE_VARIABLE] || randomBytes(24).toString("base64");
	return { view, write, data, folder, passphrase };
};
