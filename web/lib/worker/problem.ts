/** What can go wrong between the page and the user's own worker. Values, not exceptions: each has its place on the page. */

export type WorkerProblem = {
	/** The worker's own code, or one of this client's. */
	readonly code: string;
	readonly message: string;
	readonly nextStep: string;
};

export type Answer<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problem: WorkerProblem };

export const failed = (problem: WorkerProblem): { readonly ok: false; readonly problem: WorkerProblem } => ({
	ok: false,
	problem,
});

/** A browser does not tell a page why a request to another origin failed. */
export const UNREACHABLE: WorkerProblem = {
	code: "WORKER_UNREACHABLE",
	message: "the worker does not answer at this URL",
	nextStep:
		'Check that it runs on this machine, that the URL has its port, and that its configuration names this page\'s origin in "http.origins".',
};

export const SLOW: WorkerProblem = {
	code: "WORKER_TIMEOUT",
	message: "the worker took too long to answer",
	nextStep: "It may be busy or paused: look at its log.",
};

export const notUnderstood = (what: string): WorkerProblem => ({
	code: "WORKER_ANSWER",
	message: `the worker's answer is not what this page understands: ${what}`,
	nextStep: "Use a page and a worker of the same version; check that the URL is your worker's.",
});

/** The token opens nothing any more: asking again is of no use until there is another one. */
export const isRefusal = ({ code }: WorkerProblem): boolean => code === "TOKEN_REFUSED" || code === "HOST_REFUSED";
