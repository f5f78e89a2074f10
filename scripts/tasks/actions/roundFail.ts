/** round fail. */
import { housekeepingAction } from "./roundHousekeeping.ts";

export default housekeepingAction("fail");
