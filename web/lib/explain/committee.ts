/** What a committee member signs, in words. */
import type { ContractFunctionArgs } from "viem";
import type { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { counted, listed } from "../words/numbers.ts";
import type { ExplainContext, Explanation } from "./types.ts";
import { byteLength, elementHex, explanation, isSameAddress, partyName } from "./words.ts";

type Args<Name extends "confirmAvailability" | "postKeySum" | "attest" | "attestAsHospital" | "challengeUpdate"> =
	ContractFunctionArgs<typeof roundManagerAbi, "nonpayable", Name>;

/** Undefined when the chain, as this page sees it, has another update at one of the places: then nobody can say what is confirmed. */
export const explainConfirmation = (
	[roundId, confirmed]: Args<"confirmAvailability">,
	{ ledger, participants }: ExplainContext,
): Explanation | undefined => {
	const updates = ledger.rounds.get(roundId)?.updates ?? [];
	const found = confirmed.map(({ position, bundleDigest }) =>
		updates.find((update) => update.position === position && update.bundleDigest === bundleDigest),
	);
	const known = found.filter((update) => update !== undefined);
	if (known.length === 0 || known.length < found.length) return undefined;
	const hospitals = known.map(({ hospital }) => partyName(hospital, participants));
	return explanation({
		title: `Confirm that you hold ${counted(known.length, "bundle")} of round ${roundId}`,
		sentences: [
			`Your worker has fetched the encrypted ${known.length === 1 ? "bundle" : "bundles"} of ${listed(hospitals)}, checked each against its proof, and keeps a copy that it serves to others.`,
			"An update that too few members confirm is left out of the round, so that nobody can stop it by withholding a bundle.",
		],
		facts: [
			{ label: "Round", value: roundId.toString() },
			...known.map(({ hospital, bundleDigest }) => ({
				label: `Bundle of ${partyName(hospital, participants)}`,
				value: bundleDigest,
			})),
		],
		becomesPublic: ["That you hold these bundles."],
		staysPrivate: ["Your shares inside the bundles: only your secret share key opens them."],
	});
};

/** Undefined when the set is not the one that this page sees frozen on the chain: a key sum for another set must never be posted. */
export const explainKeySum = (
	[roundId, frozenSetDigest, values, proofs]: Args<"postKeySum">,
	{ ledger, participants }: ExplainContext,
): Explanation | undefined => {
	const round = ledger.rounds.get(roundId);
	if (round?.frozen === undefined || round.frozen.frozenSetDigest !== frozenSetDigest) return undefined;
	const { updates } = round;
	const samples = updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	const threshold = ledger.studies.get(round.studyId)?.parameters.threshold;
	return explanation({
		title: `Open your part of the key sum of round ${roundId}`,
		sentences: [
			`You publish the sum of the key shares that ${counted(updates.length, "hospital")} dealt to you, with ${counted(proofs.length, "proof")} that it is exactly that sum.`,
			`${threshold ?? "Enough"} such sums reveal the sum of the hospitals' one-time keys, which opens the weighted mean of their models: ${counted(samples, "sample")} in all.`,
		],
		facts: [
			{ label: "Round", value: roundId.toString() },
			{ label: "Digest of the frozen set", value: frozenSetDigest },
			...updates.map(({ hospital, sampleCount }) => ({
				label: partyName(hospital, participants),
				value: counted(sampleCount, "sample"),
			})),
			{ label: "Values of the key sum", value: values.length.toLocaleString("en-US") },
			{ label: "Proofs", value: proofs.length.toString() },
		],
		becomesPublic: [
			`Your sum of key shares, ${counted(values.length, "number")}, for this set of hospitals together.`,
			"With the sums of other members: the weighted mean of the set's models.",
		],
		staysPrivate: [
			"Every single hospital's key and weights: a sum over the whole set does not tell its parts.",
			"Your single shares and your secret share key.",
		],
		warnings: [
			"You sign for exactly one set over the same base model. Sums for two different sets would reveal one hospital's key by their difference; your worker refuses a second one.",
		],
	});
};

/** What the page has to say about an attestation before it is offered: it was recomputed. */
export const explainAttestation = (
	[roundId, modelCommitment, modelDigest]: Args<"attest">,
	{ ledger, participants }: ExplainContext,
): Explanation => {
	const round = ledger.rounds.get(roundId);
	const others = round?.attestations ?? [];
	const same = others.filter((one) => one.modelCommitment === modelCommitment && one.modelDigest === modelDigest);
	const differing = others.filter((one) => !same.includes(one));
	const threshold = round && ledger.studies.get(round.studyId)?.parameters.threshold;
	return explanation({
		title: `Attest to the new global model of round ${roundId}`,
		sentences: [
			"Your worker has added the encrypted updates, opened the sum with the posted key sums, decrypted the mean and computed the new model itself. You state that this is it.",
			`When ${threshold ?? "enough"} members attest to the same model, the round is finalized and the next one starts from it. So far ${same.length} did.`,
		],
		facts: [
			{ label: "Round", value: roundId.toString() },
			{ label: "Commitment to the model's weights", value: elementHex(modelCommitment) },
			{ label: "Digest of the model", value: modelDigest },
		],
		becomesPublic: ["That you found this model. Anyone can recompute it, too."],
		warnings: differing.map(
			({ member }) =>
				`${partyName(member, participants)} attested to another model. Only one of you can be right: run the audit before you sign.`,
		),
	});
};

/** A hospital finishes what the members did not. */
export const explainHospitalAttestation = (
	[roundId, modelCommitment, modelDigest]: Args<"attestAsHospital">,
	{ ledger, participants }: ExplainContext,
): Explanation => {
	const round = ledger.rounds.get(roundId);
	const others = round?.hospitalAttestations ?? [];
	const same = others.filter((one) => one.modelCommitment === modelCommitment && one.modelDigest === modelDigest);
	const differing = others.filter((one) => !same.includes(one));
	const count = round?.updates.length;
	return explanation({
		title: `Attest, as a hospital, to the new global model of round ${roundId}`,
		sentences: [
			"The committee did not finish the round in its time. Your worker has verified all proofs, opened the sum with the posted key sums and computed the new model itself. You state that this is it.",
			`When more than half of the round's ${count ?? ""} hospitals attest to the same model, the round is finalized and the next one starts from it. So far ${same.length} did.`,
		],
		facts: [
			{ label: "Round", value: roundId.toString() },
			{ label: "Commitment to the model's weights", value: elementHex(modelCommitment) },
			{ label: "Digest of the model", value: modelDigest },
		],
		becomesPublic: ["That you found this model. Anyone can recompute it, too."],
		warnings: differing.map(
			({ hospital }) =>
				`${partyName(hospital, participants)} attested to another model. Only one of you can be right: run the audit before you sign.`,
		),
	});
};

export const explainChallenge = (
	[roundId, hospital, bundle]: Args<"challengeUpdate">,
	{ ledger, participants }: ExplainContext,
): Explanation => {
	const round = ledger.rounds.get(roundId);
	const update = round?.updates.find((one) => isSameAddress(one.hospital, hospital));
	const name = partyName(hospital, participants);
	const isOpen = round?.phase === "Open";
	return explanation({
		title: `Challenge the update of ${name} in round ${roundId}`,
		sentences: [
			`You show the contract the bundle of ${name}, ${counted(byteLength(bundle), "byte")}. The contract recomputes whether it is what the accepted proof says.`,
			isOpen || round === undefined
				? "If it is not, the update is removed and the hospital is barred. If it is, the contract refuses and you pay only the gas of the attempt."
				: "The round's set is frozen and can't change any more: the contract refuses this now.",
		],
		facts: [
			{ label: "Round", value: roundId.toString() },
			{ label: "Hospital", value: hospital },
			...(update === undefined ? [] : [{ label: "Digest of its bundle", value: update.bundleDigest }]),
			{ label: "Bytes of the bundle", value: byteLength(bundle).toLocaleString("en-US") },
		],
		becomesPublic: ["The bundle's bytes, which are on IPFS already."],
		warnings: update === undefined ? ["This hospital has no update in the round; the contract will refuse."] : [],
	});
};
