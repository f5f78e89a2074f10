/** Where a model comes from, by the chain's events. */
import { cidOf } from "../../worker/adapters/ipfs/cid.ts";
import type { Ledger, ModelRecord } from "../../worker/core/ledger/state.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import type { LineageStep, Named } from "./card.ts";

export const named = (digest: string): Named => ({ digest: digest.toLowerCase(), cid: cidOf(digest.toLowerCase()) });

const stepOf = ({ rounds }: Ledger, { modelId, roundId, parent, commitment, digest }: ModelRecord): LineageStep => {
	const step = { modelId: String(modelId), parent: String(parent), commitment: String(commitment), ...named(digest) };
	const round = rounds.get(roundId);
	if (round === undefined) return step;
	const hospitals = round.updates.map(({ hospital, sampleCount, bundleDigest }) => ({
		address: hospital,
		samples: sampleCount,
		bundle: named(bundleDigest),
	}));
	return {
		...step,
		round: {
			roundId: String(roundId),
			hospitals,
			samples: hospitals.reduce((sum, { samples }) => sum + samples, 0),
			excluded: round.excluded,
			attestations: round.attestations.length,
		},
	};
};

/** @returns from the study's initial model to `model` @throws DecentraHealthError LEDGER_INCONSISTENT for a parent that is not there */
export const lineageOf = (ledger: Ledger, model: ModelRecord): readonly LineageStep[] => {
	const steps: LineageStep[] = [];
	let current: ModelRecord | undefined = model;
	while (current !== undefined) {
		steps.unshift(stepOf(ledger, current));
		const { parent, modelId }: ModelRecord = current;
		if (parent === 0n) return steps;
		// A parent is older than its child: this ends.
		current = parent < modelId ? ledger.models.get(parent) : undefined;
	}
	throw new DecentraHealthError("LEDGER_INCONSISTENT", {
		message: `model ${steps[0]?.modelId} comes from model ${steps[0]?.parent}, which the events do not show`,
		nextStep: "The RPC node left out events: try another node.",
	});
};
