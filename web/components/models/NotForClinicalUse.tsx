import { TriangleAlert } from "lucide-react";
import classes from "./models.module.css";

/** Stays in sight on every page of a model. */
export const NotForClinicalUse = () => (
	<div className={classes.warning} role="note">
		<TriangleAlert aria-hidden size={18} />
		Not for clinical use: research and demonstration only.
	</div>
);
