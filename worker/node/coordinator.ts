/** The coordinator's (consortium's) actions: admissions, studies, rounds. It can't read, forge or reorder anything. */
import { type Address, parseEventLogs } from "viem";
import { chainError } from "../adapters/chain/errors.ts";
import { encodeModel } from "../core/codecs/model.ts";
import { encodeStudy, studyParameters } from "../core/codecs/study.ts";
import { modelRegistryAbi, roundManagerAbi } from "../protocol/generated/abi.ts";
import { commitWeights } from "../protocol/packing.ts";
import type { Study } from "../protocol/study.ts";
import { contractCall, type Participant, sendCall } from "./participant.ts";

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
	const parameters = { definitionDigest, ...verifiers, ...studyParameters(study) };
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
	const rounds = await client
		.readContract({ address: deployment.roundManager, abi: roundManagerAbi, functionName: "roundCount" })
		.catch((error: unknown) => {
			throw chainError(error, summary);
		});
	const { logs } = await sendCall(coordinator, `open-round-${rounds + 1n}`, call);
	const [opened] = parseEventLogs({ abi: roundManagerAbi, eventName: "RoundOpened", logs });
	if (opened === undefined) throw new RangeError("openRound emitted no RoundOpened");
	return opened.args.roundId;
};
