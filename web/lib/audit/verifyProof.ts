/**
 * Groth16 verification in a browser: snarkjs on a curve without threads. With threads, ffjavascript would start workers from blob URLs, which
 * the Content Security Policy forbids; one audit runs in a worker of its own anyway.
 */
import { type Bn128, buildBn128 } from "ffjavascript";
import { verifyGroth16 } from "../../../worker/adapters/prover/verifyGroth16.ts";
import type { AuditPorts } from "../../../worker/core/audit/ports.ts";

let opening: Promise<void> | undefined;

/** snarkjs takes the curve that it finds under this name before it would build a threaded one. */
const openCurve = (): Promise<void> => {
	opening ??= buildBn128(true).then((curve) => {
		(globalThis as { curve_bn128?: Bn128 | null }).curve_bn128 = curve;
	});
	return opening;
};

export const verifyProof: AuditPorts["verifyProof"] = async (key, signals, proof) => {
	await openCurve();
	return verifyGroth16(key, signals, proof);
};
