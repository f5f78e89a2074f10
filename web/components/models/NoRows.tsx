import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { EmptyState } from "../states/EmptyState.tsx";

/** The site's held-out rows are of one study; of the others' models nothing is wrong. */
export const areRowsForeign = (error: unknown): boolean =>
	isDecentraHealthError(error) && error.code === "DATASET_FOREIGN";

/** Why nothing is evaluated. */
export const NoRows = ({ foreign = false }: { readonly foreign?: boolean }) => (
	<EmptyState title="Not evaluated">
		{foreign
			? "The public held-out rows that this site names are of another study, so nothing is said about how good this study's models are."
			: "This site names no public held-out rows for the study, so nothing is said about how good its models are."}
	</EmptyState>
);
