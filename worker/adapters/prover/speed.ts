/** How fast this machine proves when it has nothing else to do, from a measurement that takes a second at most. */
import type { ProvingSpeed } from "../../core/estimate/circuit.ts";
import { openCurve } from "./curve.ts";

const POINTS = 2 ** 14;
const RUNS = 3;
/**
 * A proof's CPU time a constraint divided by a multi-exponentiation's a point: multi-exponentiations are most of a proof (of A, B twice, C
 * and H), transforms and the rows of A and B the rest. Of the rest one thread does a part alone: 10 % on top of 3.8.
 */
const CONSTRAINT_PER_POINT = 4.2;

/** Not secret, and no one's: scalars that fill the field, the same in every run. */
const scalars = (): Uint8Array => {
	const bytes = new Uint8Array(32 * POINTS);
	for (let index = 0, state = 1; index < bytes.length; index++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		// The highest byte of each stays below the field order's.
		bytes[index] = index % 32 === 31 ? (state >>> 24) & 15 : state >>> 24;
	}
	return bytes;
};

/** Starts snarkjs' threads; closeProver ends them. @param runs of which the quickest counts */
export const measureProvingSpeed = async (runs = RUNS): Promise<ProvingSpeed> => {
	const { G1, tm } = await openCurve();
	const points = new Uint8Array(64 * POINTS);
	const generator = G1.toAffine(G1.g);
	for (let index = 0; index < POINTS; index++) points.set(generator, 64 * index);
	const exponents = scalars();
	let best = Number.POSITIVE_INFINITY;
	for (let run = 0; run < runs; run++) {
		const before = process.cpuUsage();
		await G1.multiExpAffine(points, exponents);
		const { user, system } = process.cpuUsage(before);
		best = Math.min(best, (user + system) / 1e6);
	}
	return {
		secondsPerConstraint: (CONSTRAINT_PER_POINT * best) / POINTS / tm.concurrency,
		source: `measured now: a multi-exponentiation of ${POINTS} points takes ${best.toFixed(2)} CPU seconds, of which ${tm.concurrency} threads do a part each; longer when others compute here, too`,
	};
};
