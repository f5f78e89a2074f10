"use client";

import { Section } from "@/components/layout/Section.tsx";
import { HospitalAttestation, Housekeeping } from "@/components/pairing/Housekeeping.tsx";
import { StepList } from "@/components/pairing/StepList.tsx";
import { useLedger } from "@/lib/chain/ledger.tsx";
import type { ConnectedWallet } from "@/lib/wallet/useWallet.ts";
import { hospitalStanding } from "@/lib/worker/hospitalSteps.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";
import { AcceptedStep } from "./AcceptedStep.tsx";
import { AdmissionStep } from "./AdmissionStep.tsx";
import { DatasetStep } from "./DatasetStep.tsx";
import { LastRound } from "./LastRound.tsx";
import { RoundStep } from "./RoundStep.tsx";
import { SignatureStep } from "./SignatureStep.tsx";
import { TrainingStep } from "./TrainingStep.tsx";

type HospitalDeskProps = { readonly wallet: ConnectedWallet; readonly worker: PairedWorker };

/** The hospital's way through its study, from what the chain and the worker say now. */
export const HospitalDesk = ({ wallet, worker }: HospitalDeskProps) => {
	const state = useLedger();
	if (state.status !== "ready") return null;
	const standing = hospitalStanding(state.ledger, wallet.address, worker);
	const { current, turn, last, round } = standing;
	const isDown = worker.connection !== "live";
	const study = worker.status?.study ?? undefined;
	return (
		<>
			<Housekeeping offers={worker.offers} disabled={isDown} />
			<HospitalAttestation offers={worker.offers} disabled={isDown} />
			<Section title={study === undefined ? "Your part" : `Your part in study ${study.name}`}>
				<StepList
					current={current}
					turn={turn}
					steps={[
						{
							id: "admission",
							title: "Admission",
							about: "The coordinator admits your wallet's address as a hospital.",
							content: <AdmissionStep address={wallet.address} standing={standing} />,
						},
						{
							id: "dataset",
							title: "Data set",
							about: "You commit to the data that your worker trains on. The rows stay where they are.",
							content: <DatasetStep worker={worker} standing={standing} />,
						},
						{
							id: "round",
							title: "Round",
							about: "The coordinator opens a round with a committee.",
							content: <RoundStep worker={worker} standing={standing} />,
						},
						{
							id: "training",
							title: "Train and prove",
							about:
								"Your worker trains the global model on your data, proves every step, encrypts the result and proves that.",
							content: current === "training" ? <TrainingStep worker={worker} /> : null,
						},
						{
							id: "signature",
							title: "Review and sign",
							about: "You see what becomes public and what stays private, and sign one transaction.",
							content:
								current === "signature" && standing.submitOffer !== undefined ? (
									<SignatureStep offer={standing.submitOffer} disabled={isDown} />
								) : null,
						},
						{
							id: "accepted",
							title: "Accepted",
							about: "The contract has checked all proofs. Your part in the round is done.",
							content:
								round !== undefined && standing.update !== undefined ? (
									<AcceptedStep round={round} update={standing.update} />
								) : null,
						},
					]}
				/>
			</Section>
			{last === undefined ? null : <LastRound {...last} />}
		</>
	);
};
