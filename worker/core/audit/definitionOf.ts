/** The study's definition as it is on IPFS. */
import type { Hex } from "viem";
import { isDecentraHealthError } from "../../protocol/errors.ts";
import type { Study } from "../../protocol/study.ts";
import { decodeStudy } from "../codecs/study.ts";
import { fetchObject, isInterruption } from "./check.ts";
import type { AuditPorts } from "./ports.ts";

/** Undefined when there is no usable definition, which the check study.definition reports. */
export const definitionOf = async (ports: AuditPorts, definitionDigest: Hex): Promise<Study | undefined> => {
	try {
		return decodeStudy(await fetchObject(ports, definitionDigest));
	} catch (error) {
		if (!isDecentraHealthError(error) || isInterruption(error)) throw error;
		return undefined;
	}
};
