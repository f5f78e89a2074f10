/** Where a study's models come from, by the chain's events: for the table, and as a graph. */
import type { Address, Hex } from "viem";
import type { FailureReason, Ledger, ModelRecord, Phase, RoundRecord } from "../../../worker/core/ledger/state.ts";

export type Contributor = { readonly hospital: Address; readonly samples: number };

export type LineageRound = {
	readonly roundId: bigint;
	readonly baseModelId: bigint;
	readonly phase: Phase;
	readonly failure?: FailureReason;
	/** Of the frozen set, or of those accepted so far: in the order of acceptance. */
	readonly contributors: readonly Contributor[];
	readonly samples: number;
	/** Bundles that too few members held. */
	readonly excluded: readonly Address[];
	readonly attestations: number;
	/** The model that it made. */
	readonly modelId?: bigint;
};

export type LineageModel = {
	readonly modelId: bigint;
	/** Undefined for the initial model. */
	readonly round?: LineageRound;
	/** 0 for the initial model. */
	readonly parent: bigint;
	readonly commitment: bigint;
	readonly digest: Hex;
	/** Whether the study trains on from it. */
	readonly current: boolean;
};

export type Lineage = {
	/** From the initial model on. */
	readonly models: readonly LineageModel[];
	/** All of the study's, also those that failed or go on. */
	readonly rounds: readonly LineageRound[];
};

const roundOf = ({
	roundId,
	baseModelId,
	phase,
	failure,
	updates,
	excluded,
	attestations,
	finalized,
}: RoundRecord): LineageRound => ({
	roundId,
	baseModelId,
	phase,
	...(failure === undefined ? {} : { failure }),
	contributors: updates.map(({ hospital, sampleCount }) => ({ hospital, samples: sampleCount })),
	samples: updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0),
	excluded,
	attestations: attestations.length,
	...(finalized === undefined ? {} : { modelId: finalized.modelId }),
});

export const studyLineage = (ledger: Ledger, studyId: bigint): Lineage => {
	const rounds = [...ledger.rounds.values()].filter((round) => round.studyId === studyId).map(roundOf);
	const models = [...ledger.models.values()].filter((model) => model.studyId === studyId);
	const latest = models.at(-1)?.modelId;
	const modelOf = ({ modelId, roundId, parent, commitment, digest }: ModelRecord): LineageModel => {
		const round = rounds.find((one) => one.roundId === roundId);
		return {
			modelId,
			...(round === undefined ? {} : { round }),
			parent,
			commitment,
			digest,
			current: modelId === latest,
		};
	};
	return { models: models.map(modelOf), rounds };
};

export type GraphNode = {
	readonly id: string;
	readonly x: number;
	readonly y: number;
} & (
	| { readonly kind: "model"; readonly model: LineageModel }
	| { readonly kind: "round"; readonly round: LineageRound }
);

export type GraphEdge = { readonly id: string; readonly source: string; readonly target: string };

export type LineageGraph = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] };

/** Pixels between the left edges of neighbouring nodes, and between the upper edges of rounds below each other. */
export const COLUMN = 260;
export const ROW = 190;
/** More of them are reached by dragging. */
const MOST_ROWS = 3;
const MARGINS = 60;

const modelNode = (modelId: bigint): string => `model-${modelId}`;
const roundNode = (roundId: bigint): string => `round-${roundId}`;

/** Models and the rounds between them in one line from left to right; rounds that made no model hang below, where they began. */
export const lineageGraph = ({ models, rounds }: Lineage): LineageGraph => {
	const columnOf = new Map(models.map(({ modelId }, index) => [modelId, 2 * index]));
	const below = new Map<bigint, number>();
	const nodes: GraphNode[] = models.map((model, index) => ({
		id: modelNode(model.modelId),
		kind: "model",
		model,
		x: 2 * index * COLUMN,
		y: 0,
	}));
	const edges: GraphEdge[] = [];
	const connect = (source: string, target: string) => edges.push({ id: `${source}-${target}`, source, target });
	for (const round of rounds) {
		const base = columnOf.get(round.baseModelId);
		if (base === undefined) continue;
		const makes = round.modelId !== undefined && columnOf.has(round.modelId);
		const row = makes ? 0 : (below.get(round.baseModelId) ?? 0) + 1;
		if (!makes) below.set(round.baseModelId, row);
		nodes.push({ id: roundNode(round.roundId), kind: "round", round, x: (base + 1) * COLUMN, y: row * ROW });
		connect(modelNode(round.baseModelId), roundNode(round.roundId));
		if (makes) connect(roundNode(round.roundId), modelNode(round.modelId ?? 0n));
	}
	// In the order in which the keyboard goes through them.
	return { nodes: nodes.toSorted((one, other) => one.x - other.x || one.y - other.y), edges };
};

/** Of the drawing, in pixels: known before the library that draws it is there. */
export const graphHeight = ({ nodes }: LineageGraph): number => {
	const rows = 1 + Math.max(...nodes.map(({ y }) => y / ROW), 0);
	return Math.min(rows, MOST_ROWS) * ROW + MARGINS;
};
