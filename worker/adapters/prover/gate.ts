/** Lets jobs in while there is room for them, first come, first served. */

export type Gate = {
	/** Runs a job of this cost as soon as there is room; when nothing else runs there always is. */
	readonly run: <T>(cost: number, job: () => Promise<T>) => Promise<T>;
};

/** @param limits most jobs at once, and most of their costs together */
export const createGate = (limits: { readonly jobs: number; readonly cost: number }): Gate => {
	const waiting: { readonly cost: number; readonly enter: () => void }[] = [];
	let jobs = 0;
	let used = 0;
	const hasRoom = (cost: number): boolean => jobs === 0 || (jobs < limits.jobs && used + cost <= limits.cost);
	const letIn = (): void => {
		for (let next = waiting[0]; next !== undefined && hasRoom(next.cost); next = waiting[0]) {
			waiting.shift();
			jobs++;
			used += next.cost;
			next.enter();
		}
	};
	return {
		run: async (cost, job) => {
			await new Promise<void>((enter) => {
				waiting.push({ cost, enter });
				letIn();
			});
			try {
				return await job();
			} finally {
				jobs--;
				used -= cost;
				letIn();
			}
		},
	};
};
