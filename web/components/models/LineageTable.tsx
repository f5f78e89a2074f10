"use client";

import Link from "next/link";
import { shortEstimate } from "@/lib/evaluation/estimates.ts";
import type { LineageModel } from "@/lib/evaluation/lineage.ts";
import type { Evaluations } from "@/lib/evaluation/useEvaluations.ts";
import type { NameOf } from "@/lib/words/names.ts";
import { integer } from "@/lib/words/numbers.ts";
import { commitment } from "@/lib/words/sentence.ts";
import { PlainTable } from "../rounds/PlainTable.tsx";
import { Hash } from "../values/Hash.tsx";
import { Status } from "../values/Status.tsx";
import classes from "./models.module.css";
import { areRowsForeign } from "./NoRows.tsx";

type LineageTableProps = {
	readonly models: readonly LineageModel[];
	readonly evaluations: Evaluations;
	readonly nameOf: NameOf;
};

const HEAD = ["Model", "From", "Hospitals and samples", "Commitment", "Weights (digest)"];

/** The same as the graph, and the figures of the chart. */
export const LineageTable = ({ models, evaluations, nameOf }: LineageTableProps) => {
	const metricsOf = (modelId: bigint) => {
		const { data, error } = evaluations.byModel.get(modelId) ?? {};
		if (data !== undefined) return [shortEstimate(data.auc), shortEstimate(data.accuracy)];
		return error ? ["not to be had", "not to be had"] : ["…", "…"];
	};
	const isForeign = [...evaluations.byModel.values()].some(({ error }) => areRowsForeign(error));
	const isEvaluated = evaluations.heldOut !== undefined && !isForeign;
	return (
		<PlainTable
			caption={`Models of the study, newest first${isEvaluated ? "; AUC and accuracy with 95 % intervals" : ""}`}
			head={isEvaluated ? [...HEAD, "AUC", "Accuracy"] : HEAD}
			rows={models.toReversed().map(({ modelId, round, parent, commitment: committed, digest, current }) => ({
				key: String(modelId),
				cells: [
					<span key="model">
						<Link href={`/models/${modelId}`} prefetch={false}>
							Model {String(modelId)}
						</Link>{" "}
						{current ? <Status tone="info" label="Current" /> : null}
					</span>,
					round === undefined ? (
						"initial model"
					) : (
						<span key="from">
							<Link href={`/rounds/${round.roundId}`} prefetch={false}>
								Round {String(round.roundId)}
							</Link>
							, from model {String(parent)}
						</span>
					),
					round === undefined ? (
						"–"
					) : (
						<ul key="hospitals" className={classes.list}>
							{round.contributors.map(({ hospital, samples }) => (
								<li key={hospital}>
									{nameOf(hospital)}: {integer(samples)}
								</li>
							))}
							<li>Together: {integer(round.samples)}</li>
						</ul>
					),
					<Hash key="commitment" value={commitment(committed).value} kind="commitment" />,
					<Hash key="digest" value={digest} kind="digest" />,
					...(isEvaluated ? metricsOf(modelId) : []),
				],
			}))}
		/>
	);
};
