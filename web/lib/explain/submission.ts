/** What handing in an update makes public, and what it does not. */
import type { ContractFunctionArgs } from "viem";
import type { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { counted, listed } from "../words/numbers.ts";
import type { ExplainContext, Explanation } from "./types.ts";
import { elementHex, explanation, isSameAddress, partyName } from "./words.ts";

type Args = ContractFunctionArgs<typeof roundManagerAbi, "nonpayable", "submitUpdate">;

export const explainSubmission = (
	[roundId, bundleDigest, segments, encryption]: Args,
	{ ledger, participants, from }: ExplainContext,
): Explanation => {
	const round = ledger.rounds.get(roundId);
	const study = round && ledger.studies.get(round.studyId);
	const dataset = [...((round && ledger.datasets.get(round.studyId)) ?? [])].find(
		([owner]) => from !== undefined && isSameAddress(owner, from),
	)?.[1];
	const committee = round?.opening.committee.map((member) => partyName(member, participants)) ?? [];
	const proofs = counted(segments.length, "training proof");
	const samples =
		dataset === undefined ? "" : ` It counts with the weight of your ${counted(dataset.sampleCount, "sample")}.`;
	return explanation({
		title: `Submit your update for round ${roundId}`,
		sentences: [
			`You hand in your trained model, encrypted, with ${proofs} and 1 encryption proof. The contract checks all of them in this transaction and refuses it if any is wrong.${samples}`,
			...(round === undefined
				? []
				: [
						`The key that your model is encrypted with is shared among ${listed(committee)}. ${study?.parameters.threshold ?? "Enough"} of them together can open it; they are to open only the sum of all hospitals' keys.`,
					]),
		],
		facts: [
			{ label: "Round", value: roundId.toString() },
			...(round === undefined ? [] : [{ label: "Study", value: round.studyId.toString() }]),
			{ label: "Digest of the encrypted bundle", value: bundleDigest },
			...segments.map(({ commitmentOut }, index) => ({
				label:
					index === segments.length - 1
						? `Commitment to your final weights (after training part ${index + 1})`
						: `Commitment to the weights after training part ${index + 1}`,
				value: elementHex(commitmentOut),
			})),
			{ label: "Encryption: challenge point gamma", value: elementHex(encryption.gamma) },
			{ label: "Encryption: ciphertext at gamma, y", value: elementHex(encryption.y) },
			{ label: "Encryption: shares at gamma, y2", value: elementHex(encryption.y2) },
			{ label: "Digest of the share commitments", value: elementHex(encryption.shareDigest) },
		],
		becomesPublic: [
			"That you took part in this round, when, and from which address.",
			`${proofs} and 1 encryption proof. They show that you trained as the study says, on the data set you committed to, and encrypted exactly the result.`,
			"Commitments to your weights after each training part. They are salted: nobody can test a guess against them.",
			"The encrypted bundle on IPFS: your model under a one-time key, and that key's shares, each encrypted to one committee member.",
		],
		staysPrivate: [
			"Your rows and labels. They are not in the bundle, either.",
			"Your trained weights: only the weighted mean of all hospitals is opened.",
			"The one-time key, the salts and your worker's keys.",
		],
		warnings: [
			...(round === undefined ? [`Round ${roundId} is not on this chain.`] : []),
			"An update can't be taken back once it is accepted.",
		],
	});
};
