/** hospital remove: the coordinator removes a hospital and its data set commitments; updates already accepted stay. */
import { removeHospital } from "../../../worker/node/coordinator.ts";
import { registrationAction } from "../support/registration.ts";

export default registrationAction(
	"hospital",
	removeHospital,
	(address) => `hospital ${address} and its data set commitments are removed`,
);
