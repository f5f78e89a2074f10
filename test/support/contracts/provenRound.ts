/** A round on the generated verifiers, with updates and key sums whose simulated proofs they accept. */
import type { NetworkConnection } from "hardhat/types/network";
import { type Hex, keccak256, toHex } from "viem";
import { evaluatePolynomial, FIELD_ORDER, Fr } from "../../../worker/protocol/field.ts";
import { keySumGamma } from "../../../worker/protocol/keySumGamma.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { encryptUpdateSignals, trainSegmentSignals } from "../../../worker/protocol/publicSignals.ts";
import { type Consortium, confirmAll, deployOpenRound, type Setting, walletAt, ZERO_MASK } from "./deploy.ts";
import { deployBytecode, proveFullBytes, SIMULATED, SLOTS, simulatedBytecode } from "./simulatedVerifiers.ts";

/** A field element without a zero byte, always the same for a label: gas depends on neither chance nor time. */
export const element = (label: string): bigint => {
	for (let attempt = 0; ; attempt++) {
		const value = BigInt(keccak256(toHex(`${label} ${attempt}`))) % FIELD_ORDER;
		if (!/^(..)*00/.test(value.toString(16).padStart(64, "0"))) return value;
	}
};

const hex = (value: bigint): Hex => toHex(value, { size: 32 });

/** deployOpenRound with generated verifiers instead of the doubles. @param segments of each hospital's update, at most 12 */
export const deployProvenRound = async (
	connection: NetworkConnection,
	segments: readonly number[] = [4, 4, 4],
	setting: Setting = {},
): Promise<Consortium> => {
	const codes = simulatedBytecode();
	const study = { ...setting.study, stepsPerSegment: 5, epochs: 1, keySumSlots: SLOTS };
	return deployOpenRound(connection, {
		...setting,
		study,
		datasets: segments.map((count, index) => ({
			root: element(`data set ${index}`),
			// The last segment is not full.
			batchCount: count * study.stepsPerSegment - 1,
		})),
		verifiers: {
			update: await deployBytecode(connection, codes.update),
			keySum: await deployBytecode(connection, codes.keySum),
		},
	});
};

/** Arguments of submitUpdate for hospital `index`, proven. */
export const provenUpdateArgs = async (
	{ roundManager, hospitals, study, hospitalRegistry }: Consortium,
	index: number,
	roundId = 1n,
) => {
	const round = await roundManager.read.roundOf([roundId]);
	const { address } = walletAt(hospitals, index).account;
	const { root, sampleCount, batchCount } = await hospitalRegistry.read.datasetOf([round.studyId, address]);
	const context = await roundManager.read.contextOf([roundId, address]);
	const label = `update ${index} of round ${roundId}`;
	const totalSteps = study.epochs * batchCount;
	let commitmentIn = round.baseCommitment;
	const segments = Array.from({ length: Math.ceil(totalSteps / study.stepsPerSegment) }, (_, segment) => {
		const commitmentOut = element(`${label}: commitment ${segment}`);
		const proof = proveFullBytes(
			SIMULATED.train,
			trainSegmentSignals({
				context,
				datasetRoot: root,
				batchCount: BigInt(batchCount),
				beacon: BigInt(round.beacon),
				firstStep: BigInt(segment * study.stepsPerSegment),
				totalSteps: BigInt(totalSteps),
				learningRate: BigInt(study.learningRate),
				commitmentIn,
				commitmentOut,
			}),
		);
		commitmentIn = commitmentOut;
		return { proof, commitmentOut };
	});
	const bundleDigest = hex(element(`${label}: bundle`));
	const outputs = {
		gamma: element(`${label}: gamma`),
		y: element(`${label}: y`),
		y2: element(`${label}: y2`),
		shareDigest: element(`${label}: shares`),
	};
	const signals = encryptUpdateSignals({
		...outputs,
		context,
		bundleDigest: BigInt(bundleDigest) % FIELD_ORDER,
		sampleCount: BigInt(sampleCount),
		weightsCommitment: commitmentIn,
		committeeKeysDigest: round.committeeKeysDigest,
		baseCommitment: round.baseCommitment,
	});
	return [roundId, bundleDigest, segments, { proof: proveFullBytes(SIMULATED.encrypt, signals), ...outputs }] as const;
};

/** Submits the hospitals' updates, in order. @param first the first hospital that has not submitted */
export const submitProven = async (consortium: Consortium, roundId = 1n, first = 0): Promise<void> => {
	for (const [index, { account }] of consortium.hospitals.entries()) {
		if (index < first) continue;
		const args = await provenUpdateArgs(consortium, index, roundId);
		await consortium.roundManager.write.submitUpdate(args, { account });
	}
};

/** All updates submitted, confirmed by t members and frozen. */
export const freezeProven = async (consortium: Consortium, roundId = 1n): Promise<void> => {
	await submitProven(consortium, roundId);
	const confirming = Array.from({ length: consortium.study.threshold }, (_, index) => index);
	await confirmAll(consortium, confirming, roundId);
	await consortium.roundManager.write.freeze([roundId]);
};

/** What a cheat changes of a key sum before it is proven. */
export type KeySumStatement = {
	readonly memberIndex: number;
	readonly roundId: bigint;
	readonly frozenSetDigest: Hex;
	readonly shareDigests: readonly bigint[];
	readonly values: readonly bigint[];
	readonly firstMask: bigint;
	readonly lastMask: bigint;
};

/** What member `index` proves about the frozen set. */
export const keySumStatement = async (
	{ roundManager }: Consortium,
	index: number,
	roundId = 1n,
): Promise<KeySumStatement> => {
	const { frozenSetDigest } = await roundManager.read.roundOf([roundId]);
	const shareDigests: bigint[] = [];
	for (const hospital of await roundManager.read.hospitalsOf([roundId])) {
		shareDigests.push((await roundManager.read.updateOf([roundId, hospital])).shareDigest);
	}
	return {
		memberIndex: index + 1,
		roundId,
		frozenSetDigest,
		shareDigests,
		values: Array.from({ length: standardProfile.keyElements }, (_, k) => element(`key sum ${roundId} ${index} ${k}`)),
		firstMask: ZERO_MASK,
		lastMask: ZERO_MASK,
	};
};

/** Arguments of postKeySum: simulated proofs of the statement. */
export const proveKeySum = async ({ roundManager, publicClient }: Consortium, statement: KeySumStatement) => {
	const { roundId, frozenSetDigest, memberIndex, values, shareDigests, firstMask, lastMask } = statement;
	const gamma = keySumGamma({
		chainId: await publicClient.getChainId(),
		roundManager: roundManager.address,
		...{ roundId, frozenSetDigest, memberIndex, values },
	});
	const count = Math.ceil(shareDigests.length / SLOTS);
	let [maskIn, rest] = [firstMask, evaluatePolynomial(values, gamma)];
	const proofs = Array.from({ length: count }, (_, part) => {
		const last = part === count - 1;
		const evaluation = last ? rest : element(`evaluation ${part}`);
		const maskOut = last ? lastMask : element(`mask ${part}`);
		const digests = Array.from({ length: SLOTS }, (_, slot) => shareDigests[part * SLOTS + slot] ?? 0n);
		const signals = [evaluation, gamma, BigInt(memberIndex), maskIn, maskOut, ...digests];
		rest = Fr.sub(rest, evaluation);
		maskIn = maskOut;
		return { proof: proveFullBytes(SIMULATED.keySum, signals), evaluation, maskOut };
	});
	return [roundId, frozenSetDigest, values, proofs as readonly (typeof proofs)[number][]] as const;
};
