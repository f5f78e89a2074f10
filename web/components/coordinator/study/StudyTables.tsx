"use client";

import { Code, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { estimateView, REFERENCE_SPEED, studyRows } from "@/lib/coordinator/studySummary.ts";
import { mostSamples } from "../../../../worker/core/estimate/estimateStudy.ts";
import type { FieldProblem } from "../../../../worker/core/studyFile.ts";
import { standardProfile } from "../../../../worker/protocol/profiles.ts";
import { leastSamples, type Study } from "../../../../worker/protocol/study.ts";
import { PlainTable } from "../../rounds/PlainTable.tsx";
import { Facts } from "../../values/Facts.tsx";
import { Status } from "../../values/Status.tsx";

/** Wrong fields of a study's file, each with its value and what is wrong. */
export const FieldProblems = ({ problems }: { readonly problems: readonly FieldProblem[] }) => (
	<PlainTable
		caption={`${problems.length} wrong ${problems.length === 1 ? "field" : "fields"}; docs/STUDIES.md explains each field`}
		head={["Field", "Value", "What is wrong"]}
		rows={problems.map(({ field, value, message }, index) => ({
			key: `${index}-${field}`,
			cells: [<Code key="field">{field}</Code>, <Code key="value">{value}</Code>, message],
		}))}
	/>
);

export const StudySummary = ({ study, chainId }: { readonly study: Study; readonly chainId: number }) => (
	<Facts rows={studyRows(study, chainId)} />
);

const inRange = (value: number | string, least: number, most: number): number | undefined =>
	typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined;

/** What a round of the study costs, by the same estimate as `npm run study -- estimate`. */
export const EstimateTables = ({ study }: { readonly study: Study }) => {
	const [hospitals, setHospitals] = useState<number | string>(study.minUpdates);
	const [samples, setSamples] = useState<number | string>(mostSamples(study));
	const chosenHospitals = inRange(hospitals, 1, standardProfile.maxUpdates);
	const chosenSamples = inRange(samples, leastSamples(study), mostSamples(study));
	const view = useMemo(
		() =>
			estimateView(study, {
				...(chosenHospitals === undefined ? {} : { hospitals: chosenHospitals }),
				...(chosenSamples === undefined ? {} : { samples: chosenSamples }),
			}),
		[study, chosenHospitals, chosenSamples],
	);
	return (
		<Stack gap="md">
			<Group align="flex-start">
				<NumberInput
					label="Hospitals in a round"
					value={hospitals}
					onChange={setHospitals}
					min={1}
					max={standardProfile.maxUpdates}
					allowDecimal={false}
					error={chosenHospitals === undefined ? `1 to ${standardProfile.maxUpdates}` : null}
				/>
				<NumberInput
					label="Training samples of each"
					value={samples}
					onChange={setSamples}
					min={leastSamples(study)}
					max={mostSamples(study)}
					step={study.batchSize}
					allowDecimal={false}
					error={chosenSamples === undefined ? `${leastSamples(study)} to ${mostSamples(study)}` : null}
				/>
			</Group>
			<PlainTable
				caption={view.assumed}
				head={["Cost", "A hospital", "A member", "All"]}
				rows={view.costs.map(({ label, hospital, member, all }) => ({
					key: label,
					cells: [label, hospital, member, all],
				}))}
			/>
			<PlainTable
				caption="Circuits"
				head={["Circuit", "Constraints", "Domain", "Proving key", "Memory", "One proof", "Limits"]}
				rows={view.circuits.map(({ name, what, constraints, domain, key, memory, proof, fits }) => ({
					key: name,
					cells: [
						`${name}: ${what}`,
						constraints,
						domain,
						key,
						memory,
						proof,
						fits ? <Status key="fits" tone="ok" label="within" /> : <Status key="fits" tone="bad" label="exceeded" />,
					],
				}))}
			/>
			<Text size="sm" c="dimmed">
				Times: {REFERENCE_SPEED.source}.
			</Text>
			{view.problems.length === 0 ? null : (
				<PlainTable
					caption="Over the limits: this study can't be proven as it is"
					head={["Field", "What it leads to", "What would fit"]}
					rows={view.problems.map(({ field, value, estimate, fits }) => ({
						key: field,
						cells: [<Code key="field">{`${field} = ${value}`}</Code>, estimate, fits],
					}))}
				/>
			)}
		</Stack>
	);
};
