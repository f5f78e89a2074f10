/** hospital readmit: the coordinator admits a hospital again that was barred for an inconsistent bundle. */
import { readmitHospital } from "../../../worker/node/coordinator.ts";
import { registrationAction } from "../support/registration.ts";

export default registrationAction(
	"hospital",
	readmitHospital,
	(address) => `the bar on hospital ${address} is lifted: it can commit its data again`,
);
