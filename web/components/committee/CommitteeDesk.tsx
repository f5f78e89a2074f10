"use client";

import { Section } from "@/components/layout/Section.tsx";
import { Housekeeping } from "@/components/pairing/Housekeeping.tsx";
import { StepList } from "@/components/pairing/StepList.tsx";
import { useLedger } from "@/lib/chain/ledger.tsx";
import type { ConnectedWallet } from "@/lib/wallet/useWallet.ts";
import { memberStanding } from "@/lib/worker/memberSteps.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";
import { AttestStep } from "./AttestStep.tsx";
import { Challenges } from "./Challenges.tsx";
import { ConfirmStep } from "./ConfirmStep.tsx";
import { DoneStep } from "./DoneStep.tsx";
import { JoinStep, MemberAdmission } from "./JoinStep.tsx";
import { OpenStep } from "./OpenStep.tsx";
import { SeatStep } from "./SeatStep.tsx";

type CommitteeDeskProps = { readonly wallet: ConnectedWallet; readonly worker: PairedWorker };

/** The member's way through a round, from what the chain and the worker say now. */
export const CommitteeDesk = ({ wallet, worker }: CommitteeDeskProps) => {
	const state = useLedger();
	if (state.status !== "ready") return null;
	const { ledger } = state;
	const standing = memberStanding(ledger, wallet.address, worker);
	const { current, turn, round, admitted } = standing;
	const isDown = worker.connection !== "live";
	const study = worker.status?.study ?? undefined;
	const threshold = round === undefined ? undefined : ledger.studies.get(round.studyId)?.parameters.threshold;
	const props = { worker, standing };
	return (
		<>
			<Challenges offers={worker.offers} disabled={isDown} />
			<Housekeeping offers={worker.offers} disabled={isDown} />
			<Section title={study === undefined ? "Your part" : `Your part in study ${study.name}`}>
				<StepList
					current={current}
					turn={turn}
					steps={[
						{
							id: "admission",
							title: "Admission",
							about: "The coordinator admits your wallet's address as a committee member.",
							content: admitted ? null : <MemberAdmission address={wallet.address} />,
						},
						{
							id: "join",
							title: "Join",
							about: "You register the public half of your worker's share key.",
							content: <JoinStep {...props} />,
						},
						{
							id: "seat",
							title: "A seat in a round",
							about: "The coordinator opens a round with you on its committee.",
							content: <SeatStep {...props} />,
						},
						{
							id: "confirm",
							title: "Keep the bundles",
							about:
								"Your worker fetches every encrypted bundle, checks it against its proof and keeps it; you say so on chain.",
							content: round === undefined ? null : <ConfirmStep {...props} round={round} />,
						},
						{
							id: "open",
							title: "Open the key sum",
							about: "For the one frozen set of updates, you publish the sum of the key shares that were dealt to you.",
							content: round === undefined ? null : <OpenStep {...props} round={round} />,
						},
						{
							id: "attest",
							title: "Attest to the model",
							about: "When your worker has recomputed the new model itself, you state that this is it.",
							content: round === undefined ? null : <AttestStep {...props} round={round} threshold={threshold} />,
						},
						{
							id: "done",
							title: "Done",
							about: "When enough members have attested, the round is finalized.",
							content: round === undefined ? null : <DoneStep round={round} threshold={threshold} />,
						},
					]}
				/>
			</Section>
		</>
	);
};
