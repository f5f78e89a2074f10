"use client";

import Link from "next/link";
import { counted, integer } from "@/lib/words/numbers.ts";
import { commitment } from "@/lib/words/sentence.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import type { ModelRecord, RoundRecord } from "../../../worker/core/ledger/state.ts";
import type { GlobalModel } from "../../../worker/core/serverOptimizer/serverStep.ts";
import type { DeploymentId } from "../../../worker/protocol/deploymentId.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { Facts } from "../values/Facts.tsx";
import { Hash } from "../values/Hash.tsx";
import { Party } from "../values/Party.tsx";
import { CommitmentCheck } from "./CommitmentCheck.tsx";
import { InitialModelCheck } from "./InitialModelCheck.tsx";
import classes from "./models.module.css";

type ModelFactsProps = {
	readonly deployment: DeploymentId;
	readonly record: ModelRecord;
	readonly round: RoundRecord | undefined;
	readonly study: Study;
	readonly model: GlobalModel;
};

export const ModelFacts = ({ deployment, record, round, study, model }: ModelFactsProps) => {
	const { studyId, parent, digest, place } = record;
	const made =
		round === undefined
			? [
					{
						label: "Made by",
						value: (
							<>
								the study's definition: its initial model
								<InitialModelCheck study={study} deployment={deployment} record={record} />
							</>
						),
					},
				]
			: [
					{
						label: "Made by",
						value: (
							<Link href={`/rounds/${round.roundId}`} prefetch={false}>
								Round {String(round.roundId)}
							</Link>
						),
					},
					{
						label: "Parent",
						value: (
							<Link href={`/models/${parent}`} prefetch={false}>
								Model {String(parent)}
							</Link>
						),
					},
					{
						label: "Hospitals",
						value: (
							<ul className={classes.list}>
								{round.updates.map(({ hospital, sampleCount }) => (
									<li key={hospital}>
										<Party address={hospital} />, {counted(sampleCount, "sample")}
									</li>
								))}
							</ul>
						),
					},
					{ label: "Attestations", value: counted(round.attestations.length, "committee member") },
				];
	return (
		<Facts
			rows={[
				{
					label: "Study",
					value: (
						<Link href={`/models?study=${studyId}`} prefetch={false}>
							Study {String(studyId)}: <bdi>{study.title}</bdi>
						</Link>
					),
				},
				...made,
				{ label: "Weights", value: integer(model.weights.length), help: "Signed 20-bit integers of scale 2^16." },
				...(model.state.length === 0
					? []
					: [{ label: "Optimizer state", value: counted(model.state.length, "array") }]),
				{
					label: "Commitment on chain",
					value: (
						<>
							<Hash value={commitment(record.commitment).value} kind="commitment" />
							<CommitmentCheck record={record} weights={model.weights} />
						</>
					),
				},
				{
					label: "Digest",
					value: <Hash value={digest} kind="digest" />,
					help: "The downloaded block has this SHA-256.",
				},
				{ label: "CID", value: <Hash value={cidOf(digest.toLowerCase())} kind="cid" /> },
				{
					label: "Transaction",
					value: (
						<>
							<Hash value={place.transactionHash} kind="transaction" /> in block {String(place.blockNumber)}
						</>
					),
				},
			]}
		/>
	);
};
