/** committee remove: the coordinator removes a committee member; rounds it already sits on keep it. */
import { removeMember } from "../../../worker/node/coordinator.ts";
import { registrationAction } from "../support/registration.ts";

export default registrationAction(
	"member",
	removeMember,
	(address) => `committee member ${address} is removed; rounds it sits on keep it`,
);
