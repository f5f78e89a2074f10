/** Complete configurations of each role, as a JSON file would hold them. */
import type { Role } from "../../../worker/service/config/schema.ts";

const ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

export const configFields = (role: Role, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
	rpc: { url: "http://127.0.0.1:8545" },
	chainId: 31337,
	roundManager: ADDRESS,
	study: "wdbc",
	folder: "worker",
	...{
		hospital: { data: "data.csv" },
		committee: {},
		coordinator: {
			pool: [ADDRESS],
			durations: { submission: 600, checking: 300, attestation: 300 },
			rounds: 3,
		},
	}[role],
	...changes,
});
