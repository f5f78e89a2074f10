/** One participant as its role acts in a study: what to call to make it take its next step. */
import { prove } from "../../adapters/prover.ts";
import { memberStep } from "../../node/committee.ts";
import { coordinatorStep } from "../../node/coordinator.ts";
import { hospitalStep } from "../../node/hospital.ts";
import type { Participant } from "../../node/participant.ts";
import type { WorkerConfig } from "../config/schema.ts";
import type { Step } from "../loop/runLoop.ts";
import type { Metrics } from "../metrics.ts";
import type { WorkerOverrides } from "../request.ts";
import type { WorkerIdentity } from "../state.ts";
import { confirmationsOf } from "./connect.ts";
import { type DatasetSummary, openDataset } from "./dataset.ts";
import { startExpectation } from "./expectation.ts";
import type { WorkerKeys } from "./keys.ts";
import { measuredProver } from "./measured.ts";
import type { OpenedStudy } from "./study.ts";

export type RolePorts = {
	readonly config: WorkerConfig;
	readonly keys: WorkerKeys;
	readonly participant: Participant;
	readonly opened: OpenedStudy;
	readonly metrics: Metrics;
	readonly signal: AbortSignal;
	readonly overrides: WorkerOverrides;
};

export type OpenedRole = {
	readonly step: () => Promise<Step>;
	readonly dataset?: DatasetSummary;
	readonly expects?: WorkerIdentity["expects"];
};

/** @throws DecentraHealthError DATASET_* */
export const openRole = async (ports: RolePorts): Promise<OpenedRole> => {
	const { config, keys, participant, opened, metrics, signal, overrides } = ports;
	const { record, study, circuits } = opened;
	const { studyId } = record;
	if (config.role === "coordinator") {
		const { pool, durations, rounds } = config;
		return { step: () => coordinatorStep(participant, { studyId, pool, durations, rounds }) };
	}
	if (circuits === undefined) throw new RangeError("openStudy opens the circuits of everybody who proves");
	const proveIt = measuredProver(overrides.prove ?? prove, metrics);
	const confirmations = confirmationsOf(config);
	// A prover that a caller brings is not what a measurement of this machine tells about.
	const measureFirst = overrides.prove === undefined;
	if (config.role === "hospital") {
		const { dataSeed } = keys;
		if (dataSeed === undefined) throw new RangeError("openKeys has refused a keystore without a data seed");
		const { dataset, summary } = await openDataset(config, study, dataSeed, signal);
		const { committeeKeysDigests, acceptedRepeats } = config;
		const expectation = startExpectation({ role: "hospital", study, samples: dataset.sampleCount, measureFirst });
		const own = { dataset, dataSeed, circuits, committeeKeysDigests, acceptedRepeats, confirmations };
		const hospital = { ...participant, ...own, prove: expectation.timed(proveIt) };
		const step = () => hospitalStep(hospital, studyId, study);
		return { step, dataset: summary, expects: expectation.of };
	}
	const { shareKey } = keys;
	if (shareKey === undefined) throw new RangeError("openKeys has refused a keystore without a share key");
	const expectation = startExpectation({ role: "committee", study, measureFirst });
	const member = {
		...participant,
		shareKey,
		circuits,
		prove: expectation.timed(proveIt),
		confirmations,
		knownHospitals: config.knownHospitals,
		minKnownHospitals: config.minKnownHospitals,
		checkedBundles: new Set<string>(),
	};
	return { step: () => memberStep(member, studyId), expects: expectation.of };
};
