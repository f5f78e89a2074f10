/** A process that audits a deployment twice at once and proves beside that; it has to end by itself. Argument: JSON of an Argument. */
import { closeProver, loadCircuit, prove } from "../../../worker/adapters/prover.ts";
import { runAudit } from "../../../worker/node/auditor.ts";
import { PRODUCT } from "../circuits/productCircuit.ts";

export type Argument = {
	readonly request: { readonly rpcUrl: string; readonly address: string; readonly ipfs: string };
	/** Of productCircuit. */
	readonly circuits: string;
};

const { request, circuits } = JSON.parse(process.argv[2] ?? "") as Argument;
const proveOnce = async () => prove(await loadCircuit(circuits, PRODUCT), { a: 7n, b: 5n });
const audits = Promise.all([runAudit(request), runAudit(request)]);
const proofs = Promise.all([proveOnce(), proveOnce()]);
const signals = (await proofs).map(({ publicSignals }) => publicSignals.join());
const counts = (await audits).map(({ clean, counts: { ok } }) => `${clean} ${ok}`);
await closeProver();
process.stdout.write(JSON.stringify({ signals, counts }));
