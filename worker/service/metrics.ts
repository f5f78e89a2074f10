/** What Prometheus is told about a worker: counts and times, nothing about patients or keys. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { isDecentraHealthError } from "../protocol/errors.ts";
import type { Role } from "./config/schema.ts";
import type { Look } from "./loop/runLoop.ts";

export type Metrics = ReturnType<typeof createMetrics>;

const PHASES = ["None", "Open", "Frozen", "Opened"] as const;

/** Every name starts with decentrahealth_, but those of the process itself (process_*, nodejs_*). */
export const createMetrics = ({ role, version }: { readonly role: Role; readonly version: string }) => {
	const registers = [new Registry()] as const;
	const [registry] = registers;
	collectDefaultMetrics({ register: registry });
	const name = (suffix: string): string => `decentrahealth_${suffix}`;
	const gauge = (suffix: string, help: string) => new Gauge({ name: name(suffix), help, registers: [registry] });

	new Gauge({ name: name("build_info"), help: "1", labelNames: ["role", "version"], registers: [registry] })
		.labels(role, version)
		.set(1);
	const block = gauge("last_block", "Number of the last block that was looked at");
	const blockTime = gauge("last_block_timestamp_seconds", "Its timestamp");
	const looked = gauge("last_look_timestamp_seconds", "When the chain was last looked at, Unix seconds");
	const round = gauge("round_id", "The study's round that has not ended; 0 without one");
	const deadline = gauge("round_deadline_timestamp_seconds", "Last second of its phase; 0 without one");
	const updates = gauge("round_updates", "Updates accepted in that round");
	const phase = new Gauge({
		name: name("round_phase"),
		help: "1 for the round's phase, 0 for the others",
		labelNames: ["phase"],
		registers: [registry],
	});
	const actions = new Counter({
		name: name("actions_total"),
		help: "Actions that were carried out",
		labelNames: ["action"],
		registers: [registry],
	});
	const proofs = new Histogram({
		name: name("proof_duration_seconds"),
		help: "Wall seconds of a proof",
		labelNames: ["circuit"],
		buckets: [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300],
		registers: [registry],
	});
	const gas = new Counter({
		name: name("gas_used_total"),
		help: "Gas of mined transactions",
		labelNames: ["call"],
		registers: [registry],
	});
	const errors = new Counter({
		name: name("errors_total"),
		help: "Errors by code",
		labelNames: ["code"],
		registers: [registry],
	});
	const peers = new Gauge({
		name: name("ipfs_peers"),
		help: "Configured IPFS peers, by whether they answered last",
		labelNames: ["state"],
		registers: [registry],
	});

	return {
		text: () => registry.metrics(),
		contentType: registry.contentType,
		looked: (look: Look): void => {
			block.set(Number(look.blockNumber));
			blockTime.set(Number(look.now));
			looked.setToCurrentTime();
			round.set(Number(look.round?.roundId ?? 0n));
			deadline.set(Number(look.round?.deadline ?? 0n));
			updates.set(look.round?.updates.length ?? 0);
			for (const one of PHASES) phase.labels(one).set(one === (look.round?.phase ?? "None") ? 1 : 0);
		},
		acted: (action: string): void => actions.labels(action).inc(),
		/** @param circuit its name without the study's part */
		proved: (circuit: string, seconds: number): void => proofs.labels(circuit).observe(seconds),
		spent: (call: string, used: bigint): void => gas.labels(call).inc(Number(used)),
		failed: (error: unknown): void => errors.labels(isDecentraHealthError(error) ? error.code : "UNEXPECTED").inc(),
		peers: (reachable: number, unreachable: number): void => {
			peers.labels("reachable").set(reachable);
			peers.labels("unreachable").set(unreachable);
		},
	};
};
