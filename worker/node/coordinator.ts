/** The coordinator's (consortium's) actions: admissions, studies, rounds. It can't read, forge or reorder anything. */
import { type Address, type Hex, keccak256, parseEventLogs, stringToBytes } from "viem";
import { encodeModel } from "../core/codecs/model.ts";
import { modelRegistryAbi, roundManagerAbi } from "../protocol/generated/abi.ts";
import { commitWeights } from "../protocol/packing.ts";
import { standardProfile } from "../protocol/profiles.ts";
import { architectureOf, learningRateInteger, type Study } from "../protocol/study.ts";
import { contractCall, type Participant, sendCall } from "./participant.ts";

/** A study's definition as the bytes whose digest goes on chain: JSON with the schema's own order of fields. */
export const encodeStudy = (study: Study): Uint8Array => new TextEncoder().encode(JSON.stringify(study));

export const nameHashOf = (study: Pick<Study, "name">): Hex => keccak256(stringToBytes(study.name));

export const admitHospital = (coordinator: Participant, hospital: Address) => {
	const call = contractCall(
		coordinator.connection,
		"hospitalRegistry",
		"admitHospital",
		[hospital],
		`admit hospital ${hospital}`,
	);
	return sendCall(coordinator, `admit-hospital-${hospital.toLowerCase()}`, call);
};

export const admitMember = (coordinator: Participant, member: Address) => {
	const summary = `admit committee member ${member}`;
	const call = contractCall(coordinator.connection, "hospitalRegistry", "admitMember", [member], summary);
	return sendCall(coordinator, `admit-member-${member.toLowerCase()}`, call);
};

export type StudyCreation = {
	readonly study: Study;
	/** Signed 20-bit integers, scale 2^16, in TensorFlow.js order. */
	readonly initialWeights: readonly number[];
	readonly verifiers: { readonly trainVerifier: Address; readonly encryptVerifier: Address };
	/** The verification-key objects whose digests the verifiers carry; published, so that an auditor needs nothing else. */
	readonly verificationKeys: readonly Uint8Array[];
};

/** Publishes the definition, the verification keys and the initial model, then creates the study. @returns its id */
export const createStudy = async (coordinator: Participant, creation: StudyCreation): Promise<bigint> => {
	const { study, initialWeights, verifiers, verificationKeys } = creation;
	const { store, signal } = coordinator;
	for (const key of verificationKeys) await store.put(key, { signal });
	const definitionDigest = await store.put(encodeStudy(study), { signal });
	const modelDigest = await store.put(encodeModel(initialWeights), { signal });
	const parameters = {
		nameHash: nameHashOf(study),
		definitionDigest,
		...verifiers,
		learningRate: learningRateInteger(study.learningRate),
		batchSize: study.batchSize,
		stepsPerSegment: study.stepsPerSegment,
		epochs: study.epochs,
		datasetDepth: study.datasetDepth,
		members: study.committee.members,
		threshold: study.committee.threshold,
		minUpdates: study.minUpdates,
		weightCount: architectureOf(study).weightCount,
		profileId: standardProfile.id,
	};
	const args = [parameters, commitWeights(initialWeights, 0n), modelDigest];
	const call = contractCall(coordinator.connection, "modelRegistry", "createStudy", args, `create study ${study.name}`);
	const { logs } = await sendCall(coordinator, `create-study-${study.name}`, call);
	const [created] = parseEventLogs({ abi: modelRegistryAbi, eventName: "StudyCreated", logs });
	if (created === undefined) throw new RangeError("createStudy emitted no StudyCreated");
	return created.args.studyId;
};

export type RoundOpeningOptions = {
	readonly studyId: bigint;
	/** Members in committee order. */
	readonly committee: readonly Address[];
	/** Longest time of each phase, seconds. */
	readonly durations: { readonly submission: number; readonly opening: number; readonly attestation: number };
};

/** Opens the study's next round. @returns its id */
export const openRound = async (coordinator: Participant, options: RoundOpeningOptions): Promise<bigint> => {
	const { studyId, committee, durations } = options;
	const summary = `open a round of study ${studyId}`;
	const call = contractCall(
		coordinator.connection,
		"roundManager",
		"openRound",
		[studyId, committee, durations],
		summary,
	);
	const { client, deployment } = coordinator.connection;
	const rounds = await client.readContract({
		address: deployment.roundManager,
		abi: roundManagerAbi,
		functionName: "roundCount",
	});
	const { logs } = await sendCall(coordinator, `open-round-${rounds + 1n}`, call);
	const [opened] = parseEventLogs({ abi: roundManagerAbi, eventName: "RoundOpened", logs });
	if (opened === undefined) throw new RangeError("openRound emitted no RoundOpened");
	return opened.args.roundId;
};
