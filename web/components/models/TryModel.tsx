"use client";

import { Button, FileButton, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Dices, Upload as UploadIcon } from "lucide-react";
import { useState } from "react";
import { useConfig } from "@/lib/config/context.tsx";
import { decodeImage } from "@/lib/inference/decodeImage.ts";
import type { RowPrediction } from "@/lib/inference/predictions.ts";
import { readUpload, type UploadedRow } from "@/lib/inference/upload.ts";
import { useHeldOutRows } from "@/lib/inference/useHeldOutRows.ts";
import { integer } from "@/lib/words/numbers.ts";
import type { GlobalModel } from "../../../worker/core/serverOptimizer/serverStep.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { areRowsForeign } from "./NoRows.tsx";
import { PredictionTable } from "./PredictionTable.tsx";
import { RowInputs } from "./RowInputs.tsx";

type TryModelProps = { readonly study: Study; readonly model: GlobalModel };

type Tried = { readonly rows: readonly UploadedRow[]; readonly predictions: readonly RowPrediction[] };

const formatsOf = ({ preprocessing }: Study): { readonly accept: string; readonly text: string } =>
	preprocessing.kind === "table"
		? {
				accept: ".csv,.dhds,text/csv",
				text: "A CSV file whose first line names the study's columns (a label's column may be missing), or a normalized store.",
			}
		: { accept: ".png,.jpg,.jpeg,.dhds,image/png,image/jpeg", text: "A PNG or JPEG image, or a normalized store." };

/** Predictions by TensorFlow.js in the page, of a held-out row or of the reader's own file. */
export const TryModel = ({ study, model }: TryModelProps) => {
	const { heldOut } = useConfig();
	const rows = useHeldOutRows(study);
	const [number, setNumber] = useState<number | string>(1);
	const { mutate, data, error, isPending } = useMutation({
		mutationFn: async (read: () => Promise<readonly UploadedRow[]>): Promise<Tried> => {
			const [chosen, { predictWithTensorFlow }, { predictRows }] = await Promise.all([
				read(),
				import("@/lib/inference/tensorFlow.ts"),
				import("@/lib/inference/predictions.ts"),
			]);
			const inputs = chosen.map((row) => row.inputs);
			const floats = await predictWithTensorFlow(study, model.weights, inputs);
			return { rows: chosen, predictions: predictRows(study, model.weights, chosen, floats) };
		},
	});
	const predictRow = (wanted: number): void => {
		const row = rows.data?.[wanted - 1];
		if (row !== undefined) mutate(async () => [{ ...row, where: `held-out row ${wanted}` }]);
	};
	const count = rows.data?.length ?? 0;
	const { accept, text } = formatsOf(study);
	const [first] = data?.rows ?? [];
	return (
		<Stack gap="md">
			<Text>
				TensorFlow.js predicts in this page, when you ask for it; beside it stands the protocol's own fixed-point
				prediction. What you choose here never leaves the page.
			</Text>
			{heldOut === undefined || rows.isError ? null : rows.isPending ? (
				<LoadingState what="the held-out rows" />
			) : (
				<Group align="flex-end">
					<NumberInput
						label={`Held-out row, 1 to ${integer(count)}`}
						description={heldOut.description}
						min={1}
						max={count}
						clampBehavior="strict"
						allowDecimal={false}
						value={number}
						onChange={setNumber}
					/>
					<Button loading={isPending} onClick={() => predictRow(Number(number))}>
						Predict this row
					</Button>
					<Button
						variant="default"
						leftSection={<Dices aria-hidden size={16} />}
						disabled={isPending}
						onClick={() => {
							const drawn = 1 + Math.floor(Math.random() * count);
							setNumber(drawn);
							predictRow(drawn);
						}}
					>
						Predict a random row
					</Button>
				</Group>
			)}
			{rows.isError && !areRowsForeign(rows.error) ? (
				<ErrorState error={rows.error} onRetry={() => void rows.refetch()} />
			) : null}
			<div>
				<FileButton
					accept={accept}
					onChange={(file) => {
						if (file === null) return;
						mutate(async () => {
							const bytes = new Uint8Array(await file.arrayBuffer());
							return readUpload({ name: file.name, bytes }, study, { decodeImage });
						});
					}}
				>
					{(props) => (
						<Button {...props} variant="default" loading={isPending} leftSection={<UploadIcon aria-hidden size={16} />}>
							Choose a file of your own
						</Button>
					)}
				</FileButton>
				<Text size="sm" c="dimmed" mt={4}>
					{text}
				</Text>
			</div>
			{error === null ? null : <ErrorState error={error} />}
			{data === undefined || first === undefined ? null : (
				<>
					<PredictionTable predictions={data.predictions} classNames={study.classes} />
					{data.rows.length === 1 ? (
						<RowInputs key={first.where} study={study} inputs={first.inputs} where={first.where} />
					) : null}
				</>
			)}
		</Stack>
	);
};
