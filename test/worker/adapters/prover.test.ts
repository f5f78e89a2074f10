/** The prover in a process of its own: what is asked at once is done in turn, and the process ends by itself afterwards. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A key and proof with small known exponents: 4 = 1 + (1 + x) + 1 holds for the signal x = 1 alone. */
const PROGRAM = `
import { bn254 } from "@noble/curves/bn254.js";
import { closeProver, verifyProof } from "./worker/adapters/prover.ts";
const g1 = (scalar) => bn254.G1.Point.BASE.multiply(scalar).toAffine();
const g2 = bn254.G2.Point.BASE.toAffine();
const G1 = [String(g1(1n).x), String(g1(1n).y), "1"];
const G2 = [[String(g2.x.c0), String(g2.x.c1)], [String(g2.y.c0), String(g2.y.c1)], ["1", "0"]];
const key = {
	protocol: "groth16", curve: "bn128", nPublic: 1,
	vk_alpha_1: G1, vk_beta_2: G2, vk_gamma_2: G2, vk_delta_2: G2, IC: [G1, G1],
};
const [a, c] = [g1(4n), g1(1n)];
const proof = [a.x, a.y, g2.x.c1, g2.x.c0, g2.y.c1, g2.y.c0, c.x, c.y];
const asked = [1n, 2n, 1n].map((signal) => verifyProof(key, [signal], proof));
`;

/** What the program prints, and its exit code; killed when it does not end. */
const runProgram = (program: string): Promise<{ readonly output: string; readonly code: number | null }> =>
	new Promise((resolve, reject) => {
		const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
			cwd: ROOT,
			stdio: ["ignore", "pipe", "inherit"],
			timeout: 600_000,
			killSignal: "SIGKILL",
		});
		let output = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			output += text;
		});
		child.once("error", reject);
		child.once("close", (code) => resolve({ output, code }));
	});

test("first uses at the same time share one set of threads, so that the process ends", async () => {
	const ended = await runProgram(`${PROGRAM}
		console.log(JSON.stringify(await Promise.all(asked)));
		await closeProver();`);
	assert.deepEqual(ended, { output: "[true,false,true]\n", code: 0 });
});

test("closing waits for what is being done, and the prover works again afterwards", async () => {
	const ended = await runProgram(`${PROGRAM}
		await closeProver();
		console.log(JSON.stringify(await Promise.all(asked)));
		console.log(await verifyProof(key, [1n], proof));
		await closeProver();`);
	assert.deepEqual(ended, { output: "[true,false,true]\ntrue\n", code: 0 });
});
