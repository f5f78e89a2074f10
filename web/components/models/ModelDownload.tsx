"use client";

import { Button, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { saveFile } from "@/lib/audit/saveFile.ts";
import { downloadReadme } from "@/lib/inference/readme.ts";
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import type { GlobalModel } from "../../../worker/core/serverOptimizer/serverStep.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { ErrorState } from "../states/ErrorState.tsx";

type ModelDownloadProps = { readonly record: ModelRecord; readonly study: Study; readonly model: GlobalModel };

/** The model as TensorFlow.js loads it; made in this browser, when asked for. */
export const ModelDownload = ({ record, study, model }: ModelDownloadProps) => {
	const folder = `${study.name}-model-${record.modelId}`;
	const { mutate, isPending, error } = useMutation({
		mutationFn: async () => {
			const { layersModelArchive } = await import("@/lib/inference/tensorFlow.ts");
			const readme = downloadReadme(study, record);
			saveFile(`${folder}.zip`, await layersModelArchive(study, model.weights, { folder, readme }), "application/zip");
		},
	});
	return (
		<>
			<Text>
				A TensorFlow.js LayersModel (model.json and weights.bin in a zip archive), with the committed weights exactly as
				floats. Inputs are (x − 128) / 128 of the study's 8-bit inputs.
			</Text>
			<Button mt="sm" loading={isPending} leftSection={<Download aria-hidden size={16} />} onClick={() => mutate()}>
				Download for TensorFlow.js
			</Button>
			{error === null ? null : <ErrorState error={error} onRetry={() => mutate()} />}
		</>
	);
};
