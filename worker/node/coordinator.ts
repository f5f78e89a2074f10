/** The coordinator's (consortium's) actions: admissions, studies, rounds. It can't read, forge or reorder anything. */
import { type Address, parseEventLogs } from "viem";
import { chainError } from "../adapters/chain/errors.ts";
import type { SendOptions } from "../adapters/chain/transactor.ts";
import { encodeStudy, studyParameters } from "../core/codecs/study.ts";
import { activeRound } from "../core/ledger/state.ts";
import { type CoordinatorAction, nextCoordinatorAction } from "../core/nextAction.ts";
import { initialModel } from "../core/training/initialModel.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";
import { modelRegistryAbi, roundManagerAbi } from "../protocol/generated/abi.ts";
import type { Study } from "../protocol/study.ts";
import { carryOutUnlessDone } from "./housekeeping.ts";
import { contractCall, type Participant, readLedger, sendCall } from "./participant.ts";

type Registration = "admitHospital" | "removeHospital" | "readmitHospital" | "admitMember" | "removeMember";

const VERBS: Readonly<Record<Registration, string>> = {
	admitHospital: "admit hospital",
	removeHospital: "remove hospital",
	readmitHospital: "lift the bar on hospital",
	admitMember: "admit committee member",
	removeMember: "remove committee member",
};

/**
 * A registry call about one address. A coordinator's worker names the block by whose state it decided: the same address may be admitted,
 * removed and admitted again.
 */
const registration =
	(functionName: Registration) =>
	(coordinator: Participant, address: Address, options: SendOptions = {}) => {
		const summary = `${VERBS[functionName]} ${address}`;
		const call = contractCall(coordinator.connection, "hospitalRegistry", functionName, [address], summary);
		return sendCall(coordinator, `${functionName.toLowerCase()}-${address.toLowerCase()}`, call, options);
	};

export const admitHospital = registration("admitHospital");
/** Ends the hospital's data set commitments too; updates already accepted stay. */
export const removeHospital = registration("removeHospital");
/** Admits a hospital again that was barred for an inconsistent bundle. */
export const readmitHospital = registration("readmitHospital");
export const admitMember = registration("admitMember");
/** Rounds it already sits on keep it. */
export const removeMember = registration("removeMember");

export type StudyCreation = {
	readonly study: Study;
	readonly verifiers: { readonly updateVerifier: Address; readonly keySumVerifier: Address };
	/** The verification-key objects whose digests the verifiers carry; published, so that an auditor needs nothing else. */
	readonly verificationKeys: readonly Uint8Array[];
};

/** Publishes the definition, the verification keys and the initial model, then creates the study. @returns its id */
export const createStudy = async (coordinator: Participant, creation: StudyCreation): Promise<bigint> => {
	const { study, verifiers, verificationKeys } = creation;
	const { connection, store, signal } = coordinator;
	const { chain, deployment } = connection;
	const { bytes, commitment } = initialModel(study, { chainId: chain.id, roundManager: deployment.roundManager });
	for (const key of verificationKeys) await store.put(key, { signal });
	const definitionDigest = await store.put(encodeStudy(study), { signal });
	const modelDigest = await store.put(bytes, { signal });
	const parameters = { definitionDigest, ...verifiers, ...studyParameters(study) };
	const args = [parameters, commitment, modelDigest];
	const call = contractCall(connection, "modelRegistry", "createStudy", args, `create study ${study.name}`);
	const { logs } = await sendCall(coordinator, `create-study-${study.name}`, call);
	const [created] = parseEventLogs({ abi: modelRegistryAbi, eventName: "StudyCreated", logs });
	if (created === undefined) throw new RangeError("createStudy emitted no StudyCreated");
	return created.args.studyId;
};

/** Longest time of each phase, seconds. */
export type Durations = {
	readonly submission: number;
	/** From the end of submissions: for members to fetch and confirm the bundles. */
	readonly checking: number;
	/** From the t-th key sum: afterwards the frozen set's hospitals may attest in the members' place. */
	readonly attestation: number;
};

export type RoundOpeningOptions = {
	readonly studyId: bigint;
	/** Members in committee order. */
	readonly committee: readonly Address[];
	readonly durations: Durations;
	/** Block by whose state it was decided: the same call may have opened an earlier round. */
	readonly decidedAt?: bigint | undefined;
};

/** Opens the study's next round. @returns its id */
export const openRound = async (coordinator: Participant, options: RoundOpeningOptions): Promise<bigint> => {
	const { studyId, committee, durations, decidedAt } = options;
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
	const { logs } = await sendCall(coordinator, `open-round-${rounds + 1n}`, call, { decidedAt });
	const [opened] = parseEventLogs({ abi: roundManagerAbi, eventName: "RoundOpened", logs });
	if (opened === undefined) throw new RangeError("openRound emitted no RoundOpened");
	return opened.args.roundId;
};

/** Ends an Open round at once: nothing of it was opened. */
export const cancelRound = (coordinator: Participant, roundId: bigint) =>
	sendCall(
		coordinator,
		`cancel-${roundId}`,
		contractCall(coordinator.connection, "roundManager", "cancelRound", [roundId], `cancel round ${roundId}`),
	);

/** Ends a study for good whose round can't be finished after its freeze. */
export const closeStudy = (coordinator: Participant, studyId: bigint) =>
	sendCall(
		coordinator,
		`close-study-${studyId}`,
		contractCall(coordinator.connection, "roundManager", "closeStudy", [studyId], `close study ${studyId} for good`),
	);

export type CoordinatorStepOptions = {
	readonly studyId: bigint;
	/** Members that rounds are seated from: everybody in turn (worker/core/rotation.ts). */
	readonly pool: readonly Address[];
	readonly durations: Durations;
	/** Finalized rounds of the study after which no further one is opened. */
	readonly rounds?: number | undefined;
};

/** Looks at the chain and does what is due: one action, or none. Safe to kill at any point. */
export const coordinatorStep = async (
	coordinator: Participant,
	{ studyId, pool, durations, rounds }: CoordinatorStepOptions,
): Promise<CoordinatorAction> => {
	const { ledger, now, blockNumber: decidedAt } = await readLedger(coordinator.connection);
	const action = nextCoordinatorAction(ledger, { studyId, pool, rounds, now });
	switch (action.kind) {
		case "openRound":
			try {
				await openRound(coordinator, { studyId, committee: action.committee, durations, decidedAt });
				return action;
			} catch (error) {
				if (!isDecentraHealthError(error) || error.code !== "CONTRACT_REVERTED") throw error;
				const opened = activeRound((await readLedger(coordinator.connection)).ledger, studyId);
				if (opened === undefined) throw error;
				return { kind: "wait", reason: `round ${opened.roundId} is open already` };
			}
		case "freeze":
		case "fail":
			return carryOutUnlessDone(coordinator, action);
		case "wait":
			return action;
	}
};
