/**
 * snarkjs' threads. ffjavascript starts them at the first use that finds none: two first uses at once would start two sets, of which it
 * forgets one, and the process would never end. So everybody here gets them from the one promise below.
 */
import { type Bn128, buildBn128 } from "ffjavascript";

let opening: Promise<Bn128> | undefined;

/** Starts the threads, unless they run. To be called before any function of snarkjs. */
export const openCurve = (): Promise<Bn128> => {
	opening ??= buildBn128().catch((error: unknown) => {
		opening = undefined;
		throw error;
	});
	return opening;
};

/** Ends the threads, if they run, whoever started them; nobody may be using them. */
export const closeCurve = async (): Promise<void> => {
	await opening;
	opening = undefined;
	const { curve_bn128: curve } = globalThis as { curve_bn128?: Pick<Bn128, "terminate"> | null };
	await curve?.terminate();
};
