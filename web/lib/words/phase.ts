/** The steps of a round, and what each is about. */

export const STEPS = ["submissions", "checking", "opening", "attestation", "result"] as const;
export type StepId = (typeof STEPS)[number];

export type StepWords = {
	readonly title: string;
	/** What happens in it, whatever the round. */
	readonly about: string;
};

export const STEP_WORDS: Readonly<Record<StepId, StepWords>> = {
	submissions: {
		title: "Submissions",
		about:
			"Each hospital trains the global model on its committed data, proves it, encrypts the result and sends it in one transaction.",
	},
	checking: {
		title: "Checking",
		about:
			"Committee members fetch every encrypted update, check it against its proof, keep a copy and say so on chain. What enough members hold is frozen as the round's set.",
	},
	opening: {
		title: "Opening the sum",
		about:
			"Members post the sum of their key shares over the frozen set, with proofs. Enough of them decrypt the sum of the updates, and nothing else. There is no deadline: a frozen round is never repeated.",
	},
	attestation: {
		title: "Attestation",
		about:
			"Members recompute the new global model from public data and attest to it. Enough equal attestations make it the study's model. If the members don't in their time, most of the round's hospitals can.",
	},
	result: { title: "Result", about: "A new global model, or a failed round that changes nothing." },
};
