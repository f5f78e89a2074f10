/** The stage before anything has happened: contracts on a chain, each participant's folder, and the package that the study can be created from; nobody is admitted. */
import { join } from "node:path";
import { writeFileAtomic } from "../../../worker/adapters/atomicFile.ts";
import type { PreparedStudy } from "../../prepareStudy.ts";
import { packagePrepared } from "../../study/package.ts";
import type { DemoData } from "../data.ts";
import { startDeployment } from "../deployment.ts";
import type { View } from "../view.ts";
import type { Stage } from "./serveDemo.ts";

export type ScratchOptions = {
	readonly prepared: PreparedStudy;
	readonly data: DemoData;
	/** A new one. */
	readonly folder: string;
	readonly passphrase: string;
	readonly port?: number | undefined;
};

/** @throws DecentraHealthError RPC_UNREACHABLE, DATASET_*, CIRCUIT_COMPILE */
export const setUpFromScratch = async (
	{ prepared, data, folder, passphrase, port }: ScratchOptions,
	view: View,
): Promise<Stage> => {
	const { study } = prepared;
	const sizes = data.hospitals.map(({ samples }) => samples.length);
	view.say(`${sizes.join(" + ")} rows for training, ${data.test.length} held out: ${data.description}`);
	const dataPaths: string[] = [];
	for (const [index, rows] of data.hospitals.entries()) {
		dataPaths.push(await rows.place(join(folder, `hospital-${index + 1}`)));
	}
	const studyPackage = join(folder, `study-${study.name}.json`);
	await writeFileAtomic(studyPackage, `${JSON.stringify(await packagePrepared(prepared))}\n`);
	const chain = await startDeployment(port);
	view.say(
		`contracts deployed on ${chain.rpcUrl}: RoundManager ${chain.deployment.roundManager}; nobody is admitted yet`,
	);
	const { test, description } = data;
	const blocks = join(folder, "ipfs");
	return { ...chain, study, folder, passphrase, blocks, dataPaths, test, description, studyPackage };
};
