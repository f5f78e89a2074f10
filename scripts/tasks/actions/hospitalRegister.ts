/** hospital register: the coordinator admits a hospital. */
import { admitHospital } from "../../../worker/node/coordinator.ts";
import { registrationAction } from "../support/registration.ts";

export default registrationAction("hospital", admitHospital, (address) => `hospital ${address} is admitted`);
