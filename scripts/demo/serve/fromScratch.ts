/** The stage before anything has happened: contracts on a chain, and each participant's folder; nobody is admitted, there is no study. */
import { join } from "node:path";
import type { Study } from "../../../worker/protocol/study.ts";
import type { DemoData } from "../data.ts";
import { startDeployment } from "../deployment.ts";
import type { View } from "../view.ts";
import type { Stage } from "./serveDemo.ts";

export type ScratchOptions = {
	readonly study: Study;
	readonly data: DemoData;
	/** A new one. */
	readonly folder: string;
	readonly passphrase: string;
	readonly port?: number | undefined;
};

/** @throws DecentraHealthError RPC_UNREACHABLE, DATASET_* */
export const setUpFromScratch = async (
	{ study, data, folder, passphrase, port }: ScratchOptions,
	view: View,
): Promise<Stage> => {
	const sizes = data.hospitals.map(({ samples }) => samples.length);
	view.say(`${sizes.join(" + ")} rows for training, ${data.test.length} held out: ${data.description}`);
	const dataPaths: string[] = [];
	for (const [index, rows] of data.hospitals.entries()) {
		dataPaths.push(await rows.place(join(folder, `hospital-${index + 1}`)));
	}
	const chain = await startDeployment(port);
	view.say(
		`contracts deployed on ${chain.rpcUrl}: RoundManager ${chain.deployment.roundManager}; nobody is admitted yet`,
	);
	const { test, description } = data;
	return { ...chain, study, folder, passphrase, blocks: join(folder, "ipfs"), dataPaths, test, description };
};
