/** round freeze. */
import { housekeepingAction } from "./roundHousekeeping.ts";

export default housekeepingAction("freeze");
