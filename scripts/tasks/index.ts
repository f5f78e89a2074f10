/**
 * The command line of a deployment: `hardhat --network NAME TASK`. A file of actions/ holds one task's thin body, loaded when it runs;
 * what it does lives in worker/node and scripts/deploy, which the demo calls as well.
 */
import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import { IPFS_OPTION, memberTask, readTask, writeTask } from "./support/options.ts";

const HOUR = 3600;

export const tasks = [
	task("deploy", "Deploys the contracts; the network's first account becomes the coordinator")
		.addFlag({ name: "json", description: "Print one JSON object on standard output" })
		.setAction(() => import("./actions/deploy.ts"))
		.build(),

	emptyTask("hospital", "Hospitals and their data sets").build(),
	writeTask(["hospital", "register"], "Admits a hospital (coordinator)")
		.addPositionalArgument({ name: "hospital", description: "The hospital's address" })
		.setAction(() => import("./actions/hospitalRegister.ts"))
		.build(),
	writeTask(["hospital", "remove"], "Removes a hospital and its data set commitments (coordinator)")
		.addPositionalArgument({ name: "hospital", description: "The hospital's address" })
		.setAction(() => import("./actions/hospitalRemove.ts"))
		.build(),
	writeTask(["hospital", "readmit"], "Lifts the bar on a hospital and admits it again (coordinator)")
		.addPositionalArgument({ name: "hospital", description: "The hospital's address" })
		.setAction(() => import("./actions/hospitalReadmit.ts"))
		.build(),
	writeTask(["hospital", "commit-data"], "Commits to a data set; needs DECENTRAHEALTH_PASSPHRASE (hospital)")
		.addPositionalArgument({
			name: "data",
			description: "The hospital's rows (CSV, .npz, folder of images, store); they stay here",
			type: ArgumentType.FILE,
		})
		.addOption({ name: "study", description: "Id of the study", type: ArgumentType.BIGINT, defaultValue: 1n })
		.setAction(() => import("./actions/hospitalCommitData.ts"))
		.build(),
	readTask(["hospital", "list"], "Lists hospitals with their data sets, and committee members")
		.setAction(() => import("./actions/hospitalList.ts"))
		.build(),

	emptyTask("committee", "Committee members").build(),
	writeTask(["committee", "admit"], "Admits a committee member (coordinator)")
		.addPositionalArgument({ name: "member", description: "The member's address" })
		.setAction(() => import("./actions/committeeAdmit.ts"))
		.build(),
	writeTask(["committee", "remove"], "Removes a committee member; rounds it sits on keep it (coordinator)")
		.addPositionalArgument({ name: "member", description: "The member's address" })
		.setAction(() => import("./actions/committeeRemove.ts"))
		.build(),
	writeTask(["committee", "join"], "Registers a member's share key; needs DECENTRAHEALTH_PASSPHRASE (member)")
		.setAction(() => import("./actions/committeeJoin.ts"))
		.build(),
	memberTask(
		["committee", "confirm"],
		"Keeps copies of a round's bundles and says so on chain; needs DECENTRAHEALTH_PASSPHRASE",
	)
		.setAction(() => import("./actions/committeeConfirm.ts"))
		.build(),
	memberTask(
		["committee", "open"],
		"Posts a member's share of a frozen round's key sum, proven; needs DECENTRAHEALTH_PASSPHRASE",
	)
		.setAction(() => import("./actions/committeeOpen.ts"))
		.build(),
	memberTask(["committee", "attest"], "Attests to an opened round's new global model; needs DECENTRAHEALTH_PASSPHRASE")
		.setAction(() => import("./actions/committeeAttest.ts"))
		.build(),

	emptyTask("study", "Studies").build(),
	writeTask(["study", "create"], "Creates a study with its verifiers and its initial model (coordinator)")
		.addPositionalArgument({
			name: "file",
			description: "Definition of the study",
			type: ArgumentType.FILE,
			defaultValue: "studies/wdbc.json",
		})
		.setAction(() => import("./actions/studyCreate.ts"))
		.build(),
	writeTask(["study", "close"], "Closes a study for good whose frozen round can't be finished (coordinator)")
		.addPositionalArgument({ name: "study", description: "Id of the study", type: ArgumentType.BIGINT })
		.setAction(() => import("./actions/studyClose.ts"))
		.build(),

	emptyTask("round", "Rounds").build(),
	writeTask(["round", "open"], "Opens a study's next round (coordinator)")
		.addPositionalArgument({ name: "committee", description: "Members' addresses in committee order, comma-separated" })
		.addOption({ name: "study", description: "Id of the study", type: ArgumentType.BIGINT, defaultValue: 1n })
		.addOption({
			name: "submission",
			description: "Seconds for updates",
			type: ArgumentType.INT,
			defaultValue: 24 * HOUR,
		})
		.addOption({
			name: "checking",
			description: "Seconds for members to fetch and confirm the bundles, from the end of submissions",
			type: ArgumentType.INT,
			defaultValue: 6 * HOUR,
		})
		.addOption({
			name: "attestation",
			description: "Seconds from the t-th key sum until the hospitals may attest in the members' place",
			type: ArgumentType.INT,
			defaultValue: 6 * HOUR,
		})
		.setAction(() => import("./actions/roundOpen.ts"))
		.build(),
	readTask(["round", "status"], "Shows where a round stands")
		.addPositionalArgument({
			name: "round",
			description: "Id of the round; 0 is the newest",
			type: ArgumentType.BIGINT,
			defaultValue: 0n,
		})
		.setAction(() => import("./actions/roundStatus.ts"))
		.build(),
	writeTask(["round", "submit"], "Trains, proves, encrypts and submits; needs DECENTRAHEALTH_PASSPHRASE (hospital)")
		.addPositionalArgument({ name: "data", description: "The hospital's committed rows", type: ArgumentType.FILE })
		.addOption({ name: "study", description: "Id of the study", type: ArgumentType.BIGINT, defaultValue: 1n })
		.addOption({
			name: "committee",
			description:
				"Digests of the only committees' keys to encrypt to, separated by commas (round status prints a round's; have the members confirm it)",
			type: ArgumentType.STRING_WITHOUT_DEFAULT,
			defaultValue: undefined,
		})
		.addOption({
			name: "acceptRepeat",
			description:
				"Why another update may be given from base weights that an earlier round had one from (refused without a reason)",
			type: ArgumentType.STRING_WITHOUT_DEFAULT,
			defaultValue: undefined,
		})
		.setAction(() => import("./actions/roundSubmit.ts"))
		.build(),
	readTask(["round", "watch"], "Fetches a round's bundles and checks them against their proofs")
		.addPositionalArgument({
			name: "round",
			description: "Id of the round; 0 is the newest",
			type: ArgumentType.BIGINT,
			defaultValue: 0n,
		})
		.addOption({ ...IPFS_OPTION })
		.setAction(() => import("./actions/roundWatch.ts"))
		.build(),
	writeTask(["round", "challenge"], "Removes an update whose bundle is not what its proof says (anyone)")
		.addPositionalArgument({ name: "round", description: "Id of the round", type: ArgumentType.BIGINT })
		.addPositionalArgument({ name: "hospital", description: "The hospital's address" })
		.setAction(() => import("./actions/roundChallenge.ts"))
		.build(),
	writeTask(["round", "freeze"], "Freezes a round's set of updates (anyone)")
		.addPositionalArgument({ name: "round", description: "Id of the round", type: ArgumentType.BIGINT })
		.setAction(() => import("./actions/roundFreeze.ts"))
		.build(),
	writeTask(["round", "attest"], "Recomputes the new model and attests to it in the members' place (hospital)")
		.addPositionalArgument({ name: "round", description: "Id of the round", type: ArgumentType.BIGINT })
		.setAction(() => import("./actions/roundAttest.ts"))
		.build(),
	writeTask(["round", "cancel"], "Cancels a round before its set is frozen (coordinator)")
		.addPositionalArgument({ name: "round", description: "Id of the round", type: ArgumentType.BIGINT })
		.setAction(() => import("./actions/roundCancel.ts"))
		.build(),
	writeTask(["round", "fail"], "Fails an Open round past its deadline (anyone)")
		.addPositionalArgument({ name: "round", description: "Id of the round", type: ArgumentType.BIGINT })
		.setAction(() => import("./actions/roundFail.ts"))
		.build(),

	emptyTask("model", "Global models").build(),
	readTask(["model", "show"], "Shows studies and the lineage of their global models")
		.addPositionalArgument({
			name: "study",
			description: "Id of the study; 0 is all",
			type: ArgumentType.BIGINT,
			defaultValue: 0n,
		})
		.setAction(() => import("./actions/modelShow.ts"))
		.build(),

	readTask(["audit"], "Verifies every proof, bundle, key sum, aggregate and model again; needs no keys")
		.addOption({ ...IPFS_OPTION })
		.addOption({ name: "study", description: "Id of the study; 0 is all", type: ArgumentType.BIGINT, defaultValue: 0n })
		.addOption({
			name: "fromBlock",
			description: "Block of the deployment; 0 looks for it",
			type: ArgumentType.BIGINT,
			defaultValue: 0n,
		})
		.setAction(() => import("./actions/audit.ts"))
		.build(),
];
