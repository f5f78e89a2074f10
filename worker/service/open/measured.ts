/** The prover and the transactor with their times and costs told to the metrics. */
import type { Transactor } from "../../adapters/chain/transactor.ts";
import type { prove } from "../../adapters/prover.ts";
import type { Metrics } from "../metrics.ts";

/** "TrainSegmentWdbc" -> "TrainSegment": one series for all studies. */
const templateOf = (circuit: string): string =>
	["TrainSegment", "EncryptUpdate", "KeySum"].find((name) => circuit.startsWith(name)) ?? "other";

export const measuredProver =
	(proveIt: typeof prove, { proved }: Pick<Metrics, "proved">): typeof prove =>
	async (circuit, input, options) => {
		const startedAt = performance.now();
		const statement = await proveIt(circuit, input, options);
		proved(templateOf(circuit.name), (performance.now() - startedAt) / 1000);
		return statement;
	};

export const measuredTransactor = (transactor: Transactor, { spent }: Pick<Metrics, "spent">): Transactor => ({
	address: transactor.address,
	send: async (key, call, options) => {
		const receipt = await transactor.send(key, call, options);
		spent(call.functionName, receipt.gasUsed);
		return receipt;
	},
});
