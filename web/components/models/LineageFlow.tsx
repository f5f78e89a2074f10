"use client";

import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import { Controls, MarkerType, ReactFlow } from "@xyflow/react";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useMemo } from "react";
import { graphHeight, type LineageGraph } from "@/lib/evaluation/lineage.ts";
import type { NameOf } from "@/lib/words/names.ts";
import { type LineageFlowNode, LineageNode, nodeLabel, nodePath } from "./LineageNode.tsx";
import classes from "./models.module.css";

const NODE_TYPES = { lineage: LineageNode };
const DESCRIPTION = "Press enter to open its page.";
const LABELS = { "node.a11yDescription.default": DESCRIPTION, "node.a11yDescription.keyboardDisabled": DESCRIPTION };
/** Shown at first: the newest; the others are reached by dragging or by the tab key. */
const FIRST_SHOWN = 5;
/** On a screen narrower than this, two. */
const NARROW = 700;

/** The lineage as a graph; only this file loads the library that draws it. */
export const LineageFlow = ({ graph, nameOf }: { readonly graph: LineageGraph; readonly nameOf: NameOf }) => {
	const router = useRouter();
	const scheme = useComputedColorScheme("light");
	const nodes = useMemo(
		() =>
			graph.nodes.map(
				(node): LineageFlowNode => ({
					id: node.id,
					type: "lineage",
					position: { x: node.x, y: node.y },
					data: { node, nameOf },
					ariaLabel: nodeLabel(node),
				}),
			),
		[graph, nameOf],
	);
	const open = ({ key, target }: KeyboardEvent) => {
		const id = key === "Enter" && target instanceof HTMLElement ? target.dataset.id : undefined;
		const node = graph.nodes.find((one) => one.id === id);
		if (node !== undefined) router.push(nodePath(node));
	};
	const edges = useMemo(
		() =>
			graph.edges.map((edge) => ({
				...edge,
				ariaLabel: null as unknown as string,
				domAttributes: { "aria-hidden": true },
				markerEnd: { type: MarkerType.ArrowClosed, color: "var(--dh-idle)" },
			})),
		[graph],
	);
	const first = nodes.slice(window.innerWidth < NARROW ? -2 : -FIRST_SHOWN).map(({ id }) => ({ id }));
	return (
		<div className={classes.graph} style={{ height: graphHeight(graph) }}>
			<ReactFlow
				nodes={nodes}
				edges={edges}
				nodeTypes={NODE_TYPES}
				colorMode={scheme}
				nodesDraggable={false}
				nodesConnectable={false}
				edgesFocusable={false}
				elementsSelectable={false}
				nodesFocusable
				zoomOnScroll={false}
				preventScrolling={false}
				fitView
				fitViewOptions={{ maxZoom: 1, minZoom: 0.4, nodes: first }}
				minZoom={0.2}
				maxZoom={2}
				ariaLabelConfig={LABELS}
				onKeyDown={open}
				aria-label="Lineage of the study's models"
			>
				<Controls showInteractive={false} />
			</ReactFlow>
		</div>
	);
};
