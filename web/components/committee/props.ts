import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import type { MemberStanding } from "../../lib/worker/memberSteps.ts";
import type { PairedWorker } from "../../lib/worker/useWorker.ts";

export type MemberStepProps = { readonly worker: PairedWorker; readonly standing: MemberStanding };
export type RoundStepProps = MemberStepProps & { readonly round: RoundRecord };
