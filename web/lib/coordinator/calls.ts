/** The coordinator's calls, encoded. */
import { type Address, encodeFunctionData, type Hex } from "viem";
import { studyParameters } from "../../../worker/core/codecs/study.ts";
import type { Deployment } from "../../../worker/core/ledger/events.ts";
import type { PlacedPackage } from "../../../worker/core/studyPackage.ts";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import type { ActName } from "./acts.ts";
import type { Durations } from "./durations.ts";

type Call = { readonly to: Address; readonly data: Hex };

export type Registration = "admitHospital" | "removeHospital" | "readmitHospital" | "admitMember" | "removeMember";

export const registrationCall = (
	{ hospitalRegistry }: Deployment,
	functionName: Registration,
	address: Address,
): Call => ({
	to: hospitalRegistry,
	data: encodeFunctionData({ abi: hospitalRegistryAbi, functionName, args: [address] }),
});

export type Verifiers = { readonly updateVerifier: Address; readonly keySumVerifier: Address };

export const createStudyCall = ({ modelRegistry }: Deployment, made: PlacedPackage, verifiers: Verifiers): Call => {
	const { study, definitionDigest, weightCommitment, modelDigest } = made;
	const parameters = { definitionDigest, ...verifiers, ...studyParameters(study) };
	return {
		to: modelRegistry,
		data: encodeFunctionData({
			abi: modelRegistryAbi,
			functionName: "createStudy",
			args: [parameters, weightCommitment, modelDigest],
		}),
	};
};

export const openRoundCall = (
	{ roundManager }: Deployment,
	studyId: bigint,
	committee: readonly Address[],
	durations: Durations,
): Call => ({
	to: roundManager,
	data: encodeFunctionData({ abi: roundManagerAbi, functionName: "openRound", args: [studyId, committee, durations] }),
});

/** What each act calls, and of what. */
export const actCall = (
	{ roundManager }: Deployment,
	act: ActName,
	{ roundId, studyId }: { readonly roundId: bigint; readonly studyId: bigint },
): Call => {
	const functionName = ({ freeze: "freeze", fail: "fail", cancel: "cancelRound", close: "closeStudy" } as const)[act];
	const args = [act === "close" ? studyId : roundId] as const;
	return { to: roundManager, data: encodeFunctionData({ abi: roundManagerAbi, functionName, args }) };
};
