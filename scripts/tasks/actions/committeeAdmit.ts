/** committee admit: the coordinator admits a committee member, who then joins with its share key. */
import { admitMember } from "../../../worker/node/coordinator.ts";
import { registrationAction } from "../support/registration.ts";

export default registrationAction("member", admitMember, (address) => `committee member ${address} is admitted`);
