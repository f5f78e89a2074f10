/** The ceiling on what a transaction of ours costs, as people configure it: gwei and gas. */
import { z } from "zod";
import {
	DEFAULT_MAX_BASE_FEE_GWEI,
	DEFAULT_MAX_PRIORITY_FEE_GWEI,
	type FeeCaps,
	feeCapsOf,
} from "../../adapters/chain/feeCaps.ts";
import { MOST_TRANSACTION_GAS } from "../../core/estimate/gas.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { type Environment, withEnvironment } from "./environment.ts";

/** Down to one wei. */
const gwei = z.number().min(1e-9).max(1_000_000);

export const feesSchema = z
	.strictObject({
		maxBaseFeeGwei: gwei.default(DEFAULT_MAX_BASE_FEE_GWEI),
		maxPriorityFeeGwei: gwei.default(DEFAULT_MAX_PRIORITY_FEE_GWEI),
		/** Of one transaction; calls of the contracts have lower limits of their own. */
		maxGas: z.int().min(21_000).max(MOST_TRANSACTION_GAS).default(MOST_TRANSACTION_GAS),
	})
	.prefault({});

/** For programs without a worker's configuration: the environment's variables, the defaults for the rest. @throws DecentraHealthError CONFIG_INVALID */
export const feeCapsFrom = (environment: Environment): FeeCaps => {
	const fees = Object.entries(environment).filter(([name]) => name.startsWith("DECENTRAHEALTH_FEES_"));
	const parsed = z.object({ fees: feesSchema }).safeParse(withEnvironment({}, Object.fromEntries(fees)));
	if (parsed.success) return feeCapsOf(parsed.data.fees);
	const [issue] = parsed.error.issues;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: `the environment's ${issue?.path.join(".")}: ${issue?.message}`,
		nextStep: "Correct or unset the DECENTRAHEALTH_FEES_ variable (worker --help lists them).",
	});
};
