/** A participant that acts as its role does: at once, or from when its study exists. */
import type { Address } from "viem";
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import { type Progress, readLedger } from "../../node/participant.ts";
import type { Clock } from "../loop/clock.ts";
import type { Step } from "../loop/runLoop.ts";
import type { WorkerRequest } from "../request.ts";
import type { Services } from "../startServices.ts";
import { createDecisions } from "../wallet/decisions.ts";
import { standpointOf } from "../wallet/standpoint.ts";
import { admissionsOf } from "./admissions.ts";
import { keepStudy } from "./keepStudy.ts";
import { type OpenedRole, openRole } from "./openRole.ts";
import { participantOf } from "./participantOf.ts";
import { describeWanted, findStudy, lookUpStudy, type OpenedStudy, openStudy } from "./study.ts";

export type ParticipantPorts = {
	readonly request: WorkerRequest;
	readonly services: Services;
	readonly connection: ChainConnection;
	readonly clock: Clock;
	/** The study is not there: the worker runs, and waits for it. May be told more than once. */
	readonly onWaiting: () => void;
	readonly onOpened: (opened: OpenedStudy, acting: OpenedRole) => void;
};

export type OpenedParticipant = {
	readonly address: Address;
	/** Looks at the chain and does what is due: one action, or none. */
	readonly step: () => Promise<Step>;
};

const progressOf = ({ jobs, log, state }: Services): Progress => {
	return (event) => {
		jobs.progress(event);
		const { step, state: stage, seconds = 0, gas } = event;
		if (stage === "started") {
			log.debug(step);
			return;
		}
		state.recovered();
		log.info(step, { seconds: Number(seconds.toFixed(1)), ...(gas === undefined ? {} : { gas: Number(gas) }) });
	};
};

export const openParticipant = (ports: ParticipantPorts): OpenedParticipant => {
	const { request, services, connection, clock, onWaiting, onOpened } = ports;
	const { config, signal, once = false, overrides = {} } = request;
	const { stores, state, offers, jobs } = services;
	const decisions = createDecisions(() => standpointOf(config.role, state.look()), { offers, jobs });
	const progress = progressOf(services);
	// A step that came so far has left its earlier problem behind.
	offers.subscribe(() => {
		if (offers.list().length > 0) state.recovered();
	});
	const participant = participantOf({ ...services, config, connection, progress, clock, signal, decisions });
	const admit = config.role === "coordinator" ? admissionsOf(participant, config) : undefined;
	let acting: OpenedRole | undefined;

	const step = async (): Promise<Step> => {
		if (acting === undefined) {
			const { ledger } = await readLedger(connection);
			const record = once ? findStudy(ledger, config.study) : lookUpStudy(ledger, config.study);
			if (record === undefined) {
				onWaiting();
				const reason = `the study ${describeWanted(config.study)} does not exist yet`;
				return (await admit?.()) ?? { kind: "wait", reason };
			}
			const opened = await openStudy(config, record, stores.store, overrides.circuits, signal);
			await keepStudy(stores, ledger, opened.record, signal);
			acting = await openRole({ ...services, config, participant, opened, signal, overrides });
			onOpened(opened, acting);
		}
		return (await admit?.()) ?? acting.step();
	};
	return { address: participant.transactor.address, step: () => decisions.carryOut(step) };
};
