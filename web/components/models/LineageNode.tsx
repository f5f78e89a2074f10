"use client";

import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import Link from "next/link";
import type { GraphNode, LineageModel, LineageRound } from "@/lib/evaluation/lineage.ts";
import type { NameOf } from "@/lib/words/names.ts";
import { counted } from "@/lib/words/numbers.ts";
import { commitment } from "@/lib/words/sentence.ts";
import { shorten } from "@/lib/words/shorten.ts";
import { Status, type Tone } from "../values/Status.tsx";
import classes from "./models.module.css";

export type LineageFlowNode = Node<{ readonly node: GraphNode; readonly nameOf: NameOf }, "lineage">;

/** More hospitals than these are counted. */
const MOST_LISTED = 4;

export const nodePath = (node: GraphNode): string =>
	node.kind === "model" ? `/models/${node.model.modelId}` : `/rounds/${node.round.roundId}`;

export const nodeLabel = (node: GraphNode): string =>
	node.kind === "model"
		? `Model ${node.model.modelId}${node.model.current ? ", current" : ""}`
		: `Round ${node.round.roundId}, ${node.round.phase.toLowerCase()}, ${counted(node.round.contributors.length, "update")}`;

const PHASES: Readonly<Record<LineageRound["phase"], Tone>> = {
	Open: "info",
	Frozen: "info",
	Opened: "info",
	Finalized: "ok",
	Failed: "bad",
};

const ModelBody = ({ model }: { readonly model: LineageModel }) => (
	<>
		<p>{model.round === undefined ? "Initial model" : `Of ${counted(model.round.samples, "sample")}`}</p>
		<p>
			Commitment <span className={classes.mono}>{shorten(commitment(model.commitment).value)}</span>
		</p>
		{model.current ? <Status tone="info" label="Current" /> : null}
	</>
);

const RoundBody = ({ round, nameOf }: { readonly round: LineageRound; readonly nameOf: NameOf }) => {
	const { contributors, phase } = round;
	const more = contributors.length - MOST_LISTED;
	return (
		<>
			<Status tone={PHASES[phase]} label={phase} />
			<ul>
				{contributors.slice(0, MOST_LISTED).map(({ hospital, samples }) => (
					<li key={hospital}>
						{nameOf(hospital)}: {counted(samples, "sample")}
					</li>
				))}
				{more > 0 ? <li>and {more} more</li> : null}
			</ul>
			{contributors.length === 0 ? <p>No update</p> : null}
		</>
	);
};

/** A model or a round in the graph. The keyboard reaches the node itself, so its link is not one more stop. */
export const LineageNode = ({ data: { node, nameOf } }: NodeProps<LineageFlowNode>) => (
	<div className={`${classes.node} ${node.kind === "model" ? classes.model : ""}`}>
		<Handle type="target" position={Position.Left} className={classes.handle ?? ""} isConnectable={false} />
		<Link href={nodePath(node)} prefetch={false} tabIndex={-1} className={classes.nodeTitle}>
			{node.kind === "model" ? `Model ${node.model.modelId}` : `Round ${node.round.roundId}`}
		</Link>
		{node.kind === "model" ? <ModelBody model={node.model} /> : <RoundBody round={node.round} nameOf={nameOf} />}
		<Handle type="source" position={Position.Right} className={classes.handle ?? ""} isConnectable={false} />
	</div>
);
