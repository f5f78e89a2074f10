"use client";

import { FileInput, Stack, Text } from "@mantine/core";
import { packageCommand } from "@/lib/coordinator/creation.ts";
import type { PlacedPackage } from "../../../../worker/core/studyPackage.ts";
import type { Study } from "../../../../worker/protocol/study.ts";
import { ErrorState } from "../../states/ErrorState.tsx";
import { LoadingState } from "../../states/LoadingState.tsx";
import { Facts } from "../../values/Facts.tsx";
import { Hash } from "../../values/Hash.tsx";
import { Status } from "../../values/Status.tsx";
import { CheckItems } from "./CheckItems.tsx";
import { Command } from "./Command.tsx";
import type { ChosenPackage } from "./usePackageFile.ts";

type PackageStepProps = {
	readonly study: Study;
	readonly fileName: string;
	readonly file: File | null;
	readonly chosen: ChosenPackage | undefined;
	readonly onChoose: (file: File | null) => void;
};

const PackageFacts = ({ made }: { readonly made: PlacedPackage }) => {
	const { study, definitionDigest, modelDigest, vkHashes, verifiers, developmentKeys } = made;
	const digest = (value: string) => <Hash value={value} kind="digest" />;
	return (
		<>
			{developmentKeys ? (
				<Status
					tone="warn"
					label="Development keys: made on one machine, whose owner can forge proofs. For local chains alone."
				/>
			) : null}
			<Facts
				rows={[
					{
						label: "Definition",
						value: digest(definitionDigest),
						help: "SHA-256; what the study is bound to for ever.",
					},
					{
						label: "Initial model",
						value: digest(modelDigest),
						help: `Drawn from the seed "${study.initialWeightsSeed}", the study and this deployment: everybody computes it again.`,
					},
					{ label: "Key of training", value: digest(vkHashes.train) },
					{ label: "Key of encryption", value: digest(vkHashes.encrypt) },
					{ label: "Key of key sums", value: digest(vkHashes.keySum) },
					{
						label: verifiers.update.contract,
						value: digest(verifiers.update.digest),
						help: "SHA-256 of its creation code.",
					},
					{
						label: verifiers.keySum.contract,
						value: digest(verifiers.keySum.digest),
						help: "SHA-256 of its creation code.",
					},
				]}
			/>
		</>
	);
};

export const PackageStep = ({ study, fileName, file, chosen, onChoose }: PackageStepProps) => (
	<Stack gap="md">
		<Text>
			A study's circuits, keys and verifier contracts are built from its file on your machine. Run this in the project's
			folder, with the path of your file; it takes a minute or two the first time.
		</Text>
		<Command text={packageCommand(`studies/${fileName}`, study)} />
		<FileInput
			label="Package"
			name="package"
			description={`The file that the command wrote, ${study.name}.package.json.`}
			placeholder="Choose a file"
			accept="application/json,.json"
			clearable
			clearButtonProps={{ "aria-label": "Choose no package" }}
			value={file}
			onChange={onChoose}
		/>
		<div aria-live="polite">
			{chosen?.kind === "reading" ? <LoadingState what="and checking the package" /> : null}
			{chosen?.kind === "refused" ? <ErrorState error={chosen.problem} /> : null}
			{chosen?.kind === "checked" ? (
				<Stack gap="md">
					<CheckItems checks={chosen.checks} />
					<PackageFacts made={chosen.made} />
				</Stack>
			) : null}
		</div>
	</Stack>
);
