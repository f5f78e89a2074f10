"use client";

import { Text } from "@mantine/core";
import { useMemo } from "react";
import type { LedgerSnapshot } from "@/lib/chain/ledger.tsx";
import { creationState } from "@/lib/coordinator/creation.ts";
import { Created } from "./Created.tsx";
import { CreateStep } from "./CreateStep.tsx";
import { PackageStep } from "./PackageStep.tsx";
import { PublishStep } from "./PublishStep.tsx";
import { StepSection } from "./StepSection.tsx";
import { StudyFileStep } from "./StudyFileStep.tsx";
import { useBlocks } from "./useBlocks.ts";
import { usePackageFile } from "./usePackageFile.ts";
import { useStudyFile } from "./useStudyFile.ts";
import { useVerifier } from "./useVerifier.ts";
import { VerifierStep } from "./VerifierStep.tsx";

const Later = () => <Text c="dimmed">After the steps above.</Text>;

/** Creating a study, step by step. After a reload the two files have to be chosen again; everything else is found again. */
export const StudyPanel = ({ snapshot }: { readonly snapshot: LedgerSnapshot }) => {
	const { ledger, deployment, chainId } = snapshot;
	const { studies } = ledger;
	const { roundManager } = deployment;
	const { chosen, study, choose } = useStudyFile();
	const context = useMemo(
		() => (study === undefined ? undefined : { study, chainId, roundManager, studies }),
		[study, chainId, roundManager, studies],
	);
	const packageFile = usePackageFile(context);
	const { made } = packageFile;
	const blocks = useBlocks(made);
	const update = useVerifier(chainId, made, "update");
	const keySum = useVerifier(chainId, made, "keySum");
	const state = creationState({
		study,
		made,
		blocks: blocks.states,
		updateVerifier: update.address,
		keySumVerifier: keySum.address,
		studies,
	});
	const due = state.kind === "step" ? state.step : undefined;
	const open = made !== undefined && state.kind === "step";
	return (
		<>
			{state.kind === "created" && made !== undefined ? <Created record={state.record} name={made.study.name} /> : null}
			<StepSection step="file" due={due}>
				<StudyFileStep chosen={chosen} chainId={chainId} onChoose={choose} />
			</StepSection>
			<StepSection step="package" due={due}>
				{study === undefined || chosen === undefined ? (
					<Later />
				) : (
					<PackageStep
						study={study}
						fileName={chosen.file.name}
						file={packageFile.file}
						chosen={packageFile.chosen}
						onChoose={packageFile.choose}
					/>
				)}
			</StepSection>
			{state.kind === "created" ? null : (
				<>
					<StepSection step="publish" due={due}>
						{made === undefined ? <Later /> : <PublishStep made={made} blocks={blocks} />}
					</StepSection>
					<StepSection step="updateVerifier" due={due}>
						{open && due !== "publish" ? (
							<VerifierStep made={made} kind="update" sendKey={update.key} address={update.address} why={update.why} />
						) : (
							<Later />
						)}
					</StepSection>
					<StepSection step="keySumVerifier" due={due}>
						{open && update.address !== undefined && due !== "publish" ? (
							<VerifierStep made={made} kind="keySum" sendKey={keySum.key} address={keySum.address} why={keySum.why} />
						) : (
							<Later />
						)}
					</StepSection>
					<StepSection step="create" due={due}>
						{due === "create" && made !== undefined && update.address !== undefined && keySum.address !== undefined ? (
							<CreateStep
								made={made}
								deployment={deployment}
								verifiers={{ updateVerifier: update.address, keySumVerifier: keySum.address }}
							/>
						) : (
							<Later />
						)}
					</StepSection>
				</>
			)}
		</>
	);
};
