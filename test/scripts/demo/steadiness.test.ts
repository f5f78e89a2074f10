/** The demo's own start is one from which it reaches what README says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startDeployment } from "../../../scripts/demo/deployment.ts";
import { embeddedData, steadiness } from "../../../scripts/demo/steadiness.ts";
import { readStudyFile } from "../../../worker/adapters/studyFile.ts";

test("from the initial weights of the demo's deployment, simulated runs reach AUC .985 and accuracy .95", async () => {
	const study = await readStudyFile("wdbc");
	const chain = await startDeployment();
	const { roundManager } = chain.deployment;
	await chain.stop();
	const data = await embeddedData(study);
	const { reached, runs, lowestAuc, lowestAccuracy } = steadiness(
		{ study, data, deployment: { chainId: 31337, roundManager } },
		200,
	);
	// A change of the definition or of the contracts' addresses is another start.
	assert.ok(
		reached >= 0.99 * runs,
		`${reached} of ${runs}, lowest ${lowestAuc} and ${lowestAccuracy}: choose another initialWeightsSeed in studies/wdbc.json with \`node scripts/demo/steadiness.ts --candidates 40\``,
	);
});
