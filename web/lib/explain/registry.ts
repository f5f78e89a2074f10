/** What calls of the HospitalRegistry do, in words. */
import type { Address, DecodeFunctionDataReturnType } from "viem";
import type { hospitalRegistryAbi } from "../../../worker/protocol/generated/abi.ts";
import { counted } from "../words/numbers.ts";
import type { ExplainContext, Explanation } from "./types.ts";
import { elementHex, explanation, isSameAddress, partyName } from "./words.ts";

type RegistryCall = DecodeFunctionDataReturnType<typeof hospitalRegistryAbi>;

const has = (addresses: Iterable<Address>, address: Address): boolean =>
	[...addresses].some((other) => isSameAddress(other, address));

const about = (address: Address) => [{ label: "Address", value: address }];

const admission = (address: Address, { participants, ledger }: ExplainContext): Explanation => {
	const name = partyName(address, participants);
	return explanation({
		title: `Admit ${name} as a hospital`,
		sentences: [
			`${name} may commit a data set and submit updates from now on. It takes part in rounds that are opened after its commitment.`,
			"This says nothing about who owns the address: check that with the hospital before you sign.",
		],
		facts: about(address),
		becomesPublic: ["That this address is an admitted hospital."],
		warnings: has(ledger.hospitals, address) ? ["This hospital is admitted already; the contract will refuse."] : [],
	});
};

const removal = (address: Address, { participants }: ExplainContext): Explanation => {
	const name = partyName(address, participants);
	return explanation({
		title: `Remove ${name} from the hospitals`,
		sentences: [
			`${name} can't submit updates any more, and all its data set commitments end.`,
			"Updates of it that were accepted before stay where they are.",
		],
		facts: about(address),
		warnings: ["If it is admitted again, it has to commit its data again."],
	});
};

const readmission = (address: Address, { participants }: ExplainContext): Explanation => {
	const name = partyName(address, participants);
	return explanation({
		title: `Lift the bar on ${name} and admit it again`,
		sentences: [
			`${name} was barred because an update of it was shown not to be what its proof says. It may take part again from now on.`,
		],
		facts: about(address),
		warnings: ["Only do this when you know why its update was wrong."],
	});
};

const memberAdmission = (address: Address, { participants, ledger }: ExplainContext): Explanation => {
	const name = partyName(address, participants);
	return explanation({
		title: `Admit ${name} as a committee member`,
		sentences: [
			`${name} may register a share key and sit on the committees of rounds opened from then on.`,
			"As many members as the threshold together could open one hospital's update: admit parties that are independent of each other.",
		],
		facts: about(address),
		becomesPublic: ["That this address is an admitted committee member."],
		warnings: has(ledger.members.keys(), address) ? ["This member is admitted already; the contract will refuse."] : [],
	});
};

const memberRemoval = (address: Address, { participants }: ExplainContext): Explanation => {
	const name = partyName(address, participants);
	return explanation({
		title: `Remove ${name} from the committee members`,
		sentences: [`${name} sits on no committee of later rounds, and its share key ends.`],
		facts: about(address),
		warnings: ["A round whose committee it already sits on keeps it."],
	});
};

const shareKey = ([x, y, qx, qy]: readonly [bigint, bigint, bigint, bigint]): Explanation =>
	explanation({
		title: "Register your share key",
		sentences: [
			"Hospitals encrypt the shares of their one-time keys for you to this public key, in rounds opened from now on.",
			"A key registered earlier is replaced. Rounds that are open keep the one they were opened with.",
		],
		facts: [
			{ label: "Share key, x", value: elementHex(x) },
			{ label: "Share key, y", value: elementHex(y) },
			{ label: "Point Q with 8 Q = key, x", value: elementHex(qx) },
			{ label: "Point Q with 8 Q = key, y", value: elementHex(qy) },
		],
		becomesPublic: ["Your public share key."],
		staysPrivate: ["The secret share key: it stays in your worker's keystore."],
		warnings: ["Keep the worker's keystore: without it you can't open key sums of rounds that use this key."],
	});

const dataset = (
	[studyId, root, sampleCount, batchCount]: readonly [bigint, bigint, number, number],
	{ ledger, from }: ExplainContext,
): Explanation => {
	const ofStudy = ledger.datasets.get(studyId);
	const earlier = from === undefined ? undefined : [...(ofStudy ?? [])].find(([owner]) => isSameAddress(owner, from));
	return explanation({
		title: "Commit to your data set",
		sentences: [
			`You commit to train on exactly these ${counted(sampleCount, "sample")} in study ${studyId}. Every training proof is checked against this commitment.`,
			"It counts for rounds that are opened in a later block.",
		],
		facts: [
			{ label: "Study", value: studyId.toString() },
			{ label: "Root of the data set's Merkle tree", value: elementHex(root) },
			{ label: "Samples", value: sampleCount.toLocaleString("en-US") },
			{ label: "Batches", value: batchCount.toLocaleString("en-US") },
		],
		becomesPublic: [
			"How many samples and batches you train on.",
			"The root of a salted Merkle tree over them, which tells nothing about any row.",
		],
		staysPrivate: ["Every row, every label, how many samples each class has, and the salts."],
		warnings: [
			...(earlier === undefined ? [] : ["It replaces the data set that you committed to before."]),
			...(ledger.studies.has(studyId) ? [] : [`Study ${studyId} is not on this chain.`]),
		],
	});
};

/** Undefined for what no person signs here: wiring of the contracts, and functions reserved to the round manager. */
export const explainRegistryCall = (call: RegistryCall, context: ExplainContext): Explanation | undefined => {
	switch (call.functionName) {
		case "admitHospital":
			return admission(call.args[0], context);
		case "removeHospital":
			return removal(call.args[0], context);
		case "readmitHospital":
			return readmission(call.args[0], context);
		case "admitMember":
			return memberAdmission(call.args[0], context);
		case "removeMember":
			return memberRemoval(call.args[0], context);
		case "registerShareKey":
			return shareKey(call.args);
		case "commitDataset":
			return dataset(call.args, context);
		default:
			return undefined;
	}
};
