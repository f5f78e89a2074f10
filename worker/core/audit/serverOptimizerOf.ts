/** The study's server optimizer, as the definition on IPFS has it. */
import type { Hex } from "viem";
import { isDecentraHealthError } from "../../protocol/errors.ts";
import type { ServerOptimizer } from "../../protocol/study.ts";
import { decodeStudy } from "../codecs/study.ts";
import { fetchObject, isInterruption } from "./check.ts";
import type { AuditPorts } from "./ports.ts";

/** Undefined when there is no usable definition, which the check study.definition reports. */
export const serverOptimizerOf = async (
	ports: AuditPorts,
	definitionDigest: Hex,
): Promise<ServerOptimizer | undefined> => {
	try {
		return decodeStudy(await fetchObject(ports, definitionDigest)).serverOptimizer;
	} catch (error) {
		if (!isDecentraHealthError(error) || isInterruption(error)) throw error;
		return undefined;
	}
};
