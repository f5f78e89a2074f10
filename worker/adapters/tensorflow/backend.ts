/** Picks TensorFlow.js' fastest backend on this machine: tfjs-node when it installed, else WebAssembly, else plain JavaScript. */
import * as tf from "@tensorflow/tfjs";
import { registerConvolutionGradient } from "./convolutionGradient.ts";

/** `tensorflow` is tfjs-node's native library. */
export type BackendName = "tensorflow" | "wasm" | "cpu";

// Production mode drops TensorFlow.js' advertisement on standard error and its debugging checks.
tf.enableProdMode();

const start = async (name: BackendName): Promise<boolean> => {
	try {
		return (await tf.setBackend(name)) && tf.getBackend() === name;
	} catch {
		return false;
	}
};

const PROCESS_EVENTS = ["uncaughtException", "unhandledRejection"] as const;

/** The WebAssembly module takes over the process' error handling when it starts; this gives it back. */
const keepingErrorHandlers = async <T>(run: () => Promise<T>): Promise<T> => {
	const before = PROCESS_EVENTS.map((event) => process.listeners(event as "uncaughtException"));
	const result = await run();
	PROCESS_EVENTS.forEach((event, index) => {
		for (const listener of process.listeners(event as "uncaughtException")) {
			if (before[index]?.includes(listener) === false) process.removeListener(event, listener);
		}
	});
	return result;
};

const starters: Readonly<Record<BackendName, () => Promise<boolean>>> = {
	tensorflow: async () => {
		// An optional dependency: its types and files may be absent, so the compiler must not resolve the name.
		const optional: string = "@tensorflow/tfjs-node";
		process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
		try {
			await import(optional);
		} catch {
			return false;
		}
		return start("tensorflow");
	},
	wasm: () =>
		keepingErrorHandlers(async () => {
			await import("@tensorflow/tfjs-backend-wasm");
			if (!(await start("wasm"))) return false;
			registerConvolutionGradient("wasm");
			return true;
		}),
	cpu: () => start("cpu"),
};

/** Switches to one backend. @returns whether it works here */
export const useBackend = (name: BackendName): Promise<boolean> => starters[name]();

const chooseBackend = async (): Promise<BackendName> => {
	for (const name of ["tensorflow", "wasm"] as const) {
		if (await useBackend(name)) return name;
	}
	await useBackend("cpu");
	return "cpu";
};

let chosen: Promise<BackendName> | undefined;

/** The fastest backend that works, ready for use; chosen once a process. */
export const readyBackend = (): Promise<BackendName> => {
	chosen ??= chooseBackend();
	return chosen;
};
