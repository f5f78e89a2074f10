/** What a round's proofs will take on this machine: sizes by the study's file, the speed by the last proofs. */
import { measureProvingSpeed } from "../../adapters/prover/speed.ts";
import type { prove } from "../../adapters/prover.ts";
import { estimateStudy } from "../../core/estimate/estimateStudy.ts";
import type { RoundRecord } from "../../core/ledger/state.ts";
import { CIRCUIT_KINDS, type CircuitKind } from "../../protocol/circuitNames.ts";
import type { Study } from "../../protocol/study.ts";
import type { Expectation } from "../state.ts";

export type ExpectationOptions = {
	readonly study: Study;
	/** Whether the machine's speed is measured before there is a proof. */
	readonly measureFirst: boolean;
} & ({ readonly role: "hospital"; readonly samples: number } | { readonly role: "committee" });

/** Speeds of so many last proofs count. */
const REMEMBERED = 8;

type Measurement = { readonly seconds: number; readonly constraints: number };

export const startExpectation = (options: ExpectationOptions, now: () => number = () => performance.now()) => {
	const { study, measureFirst } = options;
	const { circuits } = estimateStudy(study, { speed: { secondsPerConstraint: 0, source: "" } });
	const constraints: Readonly<Record<CircuitKind, number>> = {
		TrainSegment: circuits.train.constraints,
		EncryptUpdate: circuits.encrypt.constraints,
		KeySum: circuits.keySum.constraints,
	};
	const last: Measurement[] = [];
	let measured: number | undefined;
	let finishedAt = Number.NEGATIVE_INFINITY;
	if (measureFirst) {
		// Half a second of work, beside the rest; without it the first proof tells.
		measureProvingSpeed(1).then(
			({ secondsPerConstraint }) => {
				measured = secondsPerConstraint;
			},
			() => undefined,
		);
	}

	const secondsPerConstraint = (): number | undefined => {
		if (last.length === 0) return measured;
		const sum = (value: (one: Measurement) => number): number => last.reduce((total, one) => total + value(one), 0);
		return sum(({ seconds }) => seconds) / sum((one) => one.constraints);
	};

	return {
		/** The prover, with its times noted down. Proofs are asked for before the one before is done: only the time since then counts. */
		timed:
			(proveIt: typeof prove): typeof prove =>
			async (circuit, input, proving) => {
				const startedAt = now();
				const statement = await proveIt(circuit, input, proving);
				const kind = CIRCUIT_KINDS.find((name) => circuit.name.startsWith(name));
				const endedAt = now();
				if (kind !== undefined) {
					const seconds = (endedAt - Math.max(startedAt, finishedAt)) / 1000;
					last.push({ seconds, constraints: constraints[kind] });
					last.splice(0, last.length - REMEMBERED);
				}
				finishedAt = endedAt;
				return statement;
			},
		/** For the round, or for the next one. Undefined as long as nothing was measured. */
		of: (round: RoundRecord | undefined): Expectation | undefined => {
			const speed = secondsPerConstraint();
			if (speed === undefined) return undefined;
			const expected = Math.max(Number(round?.opening.expectedUpdates ?? 0), study.minUpdates);
			// Once frozen, the set does not change.
			const hospitals = round?.frozen === undefined ? expected : round.updates.length;
			const { seconds, proofs } = estimateStudy(study, {
				speed: { secondsPerConstraint: speed, source: "" },
				hospitals,
				...(options.role === "hospital" ? { samples: options.samples } : {}),
			});
			return options.role === "hospital"
				? { seconds: Number(seconds.hospital.toFixed(1)), proofs: proofs.hospital }
				: { seconds: Number(seconds.member.toFixed(1)), proofs: proofs.member };
		},
	};
};
