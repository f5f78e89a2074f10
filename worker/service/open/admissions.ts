/** The admissions of a coordinator's configuration, also before there is a study. */
import { admitHospital, admitMember } from "../../node/coordinator.ts";
import { type Participant, readLedger } from "../../node/participant.ts";
import type { CoordinatorConfig } from "../config/schema.ts";
import type { Step } from "../loop/runLoop.ts";

/** One a step, each tried once in a process' life: whoever is removed meanwhile stays removed. @returns a step while there is something to admit */
export const admissionsOf = (coordinator: Participant, { admit }: Pick<CoordinatorConfig, "admit">) => {
	const waiting = [
		...admit.hospitals.map((address) => ({ kind: "admitHospital", address }) as const),
		...admit.members.map((address) => ({ kind: "admitMember", address }) as const),
	];
	return async (): Promise<Step | undefined> => {
		if (waiting.length === 0) return undefined;
		const { ledger, blockNumber: decidedAt } = await readLedger(coordinator.connection);
		for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
			const { kind, address } = next;
			const known = kind === "admitHospital" ? ledger.hospitals : ledger.members;
			const done = known.has(address) || (kind === "admitHospital" && ledger.barred.has(address));
			if (!done) await (kind === "admitHospital" ? admitHospital : admitMember)(coordinator, address, { decidedAt });
			waiting.shift();
			if (!done) return { kind };
		}
		return undefined;
	};
};
