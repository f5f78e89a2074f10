/** The page's one evaluator. To be imported when it is used: it brings the schemas of its messages along. */
import { createEvaluator } from "./evaluator.ts";

export const browserEvaluator = createEvaluator(
	() => new Worker(new URL("../../workers/evaluation.ts", import.meta.url), { type: "module" }),
);
