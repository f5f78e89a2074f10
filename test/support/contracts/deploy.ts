/** The contracts on an in-process chain, with doubles for the verifiers; one fixture that every contract test starts from. */
import type { NetworkConnection } from "hardhat/types/network";
import { type Address, getContract, type Hex, isAddress, keccak256, pad, parseAbi, toHex } from "viem";
import { evaluatePolynomial, FIELD_ORDER, Fr } from "../../../worker/protocol/field.ts";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { keySumGamma } from "../../../worker/protocol/keySumGamma.ts";
import { spongeHash } from "../../../worker/protocol/poseidon.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { registerShareKeyArgs, testShareKey } from "./shareKeys.ts";

const ownableAbi = parseAbi([
	"event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)",
	"function owner() view returns (address)",
	"function transferOwnership(address newOwner)",
	"function acceptOwnership()",
]);
const verifierDoubleAbi = parseAbi([
	"function setAnswer(uint8 newAnswer)",
	"function expect(bytes32 signalsHash)",
	"function TRAIN_VK_HASH() view returns (bytes32)",
	"function ENCRYPT_VK_HASH() view returns (bytes32)",
	"function VK_HASH() view returns (bytes32)",
]);

/** Commitment to the mask 0. */
export const ZERO_MASK = spongeHash("mask", [0n]);

/** VerifierDouble.Answer */
export const ANSWER = { Accept: 0, Refuse: 1, AcceptExpected: 2 } as const;

export const digest = (label: string): Hex => keccak256(toHex(label));

export const STUDY = {
	nameHash: digest("wdbc"),
	definitionDigest: digest("definition of wdbc"),
	learningRate: 512,
	batchSize: 8,
	stepsPerSegment: 5,
	epochs: 2,
	datasetDepth: 6,
	members: 3,
	threshold: 2,
	minUpdates: 3,
	keySumSlots: 2,
	weightCount: 61,
	profileId: standardProfile.id,
	minSamples: 1,
	minBatches: 1,
} as const;

export const INITIAL_MODEL = { commitment: 4711n, digest: digest("initial model") } as const;

/** What a test with real proofs puts in the place of the doubles and made-up values. */
export type Setting = {
	/** Names of the contracts, or addresses of deployed ones; doubles without. */
	readonly verifiers?: { readonly update: string; readonly keySum: string };
	readonly study?: Partial<Record<keyof typeof STUDY, number | Hex>>;
	readonly initialModel?: { readonly commitment: bigint; readonly digest: Hex };
	/** One per hospital. */
	readonly datasets?: readonly { readonly root: bigint; readonly batchCount: number }[];
	/** Secrets of the admitted members' share keys. */
	readonly shareKeys?: readonly bigint[];
	/** How many of them sit on the first round's committee, in order; all without. */
	readonly committee?: number;
};

/** Deploys everything; nobody is admitted and no study exists. */
export const deployAll = async ({ viem }: NetworkConnection, setting: Setting = {}) => {
	const wallets = await viem.getWalletClients();
	const [owner, ...others] = wallets;
	if (owner === undefined) throw new Error("the chain has no accounts");
	const publicClient = await viem.getPublicClient();
	const client = { public: publicClient, wallet: owner };
	const deployed = async (name: string, args: unknown[] = [], libraries = {}): Promise<Address> =>
		(await viem.deployContract(name, args as never, { libraries })).address;

	const poseidonT4 = await deployed("PoseidonT4");
	const modelRegistryAddress = await deployed("ModelRegistry", [owner.account.address]);
	const hospitalRegistryAddress = await deployed("HospitalRegistry", [owner.account.address, modelRegistryAddress]);
	const roundManagerAddress = await deployed(
		"RoundManager",
		[owner.account.address, modelRegistryAddress, hospitalRegistryAddress],
		{ PoseidonT4: poseidonT4 },
	);
	const modelRegistry = getContract({
		address: modelRegistryAddress,
		abi: [...modelRegistryAbi, ...ownableAbi],
		client,
	});
	const hospitalRegistry = getContract({
		address: hospitalRegistryAddress,
		abi: [...hospitalRegistryAbi, ...ownableAbi],
		client,
	});
	const roundManager = getContract({
		address: roundManagerAddress,
		abi: [...roundManagerAbi, ...ownableAbi],
		client,
	});
	const verifier = async (of: string | undefined) => {
		const hashes = ["train key", "encrypt key", "key sum key"].map(digest);
		const address =
			of === undefined ? await deployed("VerifierDouble", hashes) : isAddress(of) ? of : await deployed(of);
		return getContract({ address, abi: verifierDoubleAbi, client });
	};
	const updateVerifier = await verifier(setting.verifiers?.update);
	const keySumVerifier = await verifier(setting.verifiers?.keySum);
	const study = {
		...STUDY,
		...(setting.study as Partial<typeof STUDY>),
		updateVerifier: updateVerifier.address,
		keySumVerifier: keySumVerifier.address,
	};
	return {
		publicClient,
		owner,
		others,
		modelRegistry,
		hospitalRegistry,
		roundManager,
		updateVerifier,
		keySumVerifier,
		study,
		poseidonT4,
	};
};

/** An index of `wallets` that must exist. */
export const walletAt = <Wallet>(wallets: readonly Wallet[], index: number): Wallet => {
	const wallet = wallets[index];
	if (wallet === undefined) throw new RangeError(`no test wallet ${index}`);
	return wallet;
};

export const BATCH_COUNTS = [4, 3, 6] as const;
export const datasetRoot = (index: number): bigint => BigInt(index + 1) * 1_000_003n;

/** deployAll, linked, with study 1, three hospitals with data, and three members with share keys; no round yet. */
export const deployConsortium = async (connection: NetworkConnection, setting: Setting = {}) => {
	const all = await deployAll(connection, setting);
	const { modelRegistry, hospitalRegistry, roundManager, others, study } = all;
	await modelRegistry.write.setRoundManager([roundManager.address]);
	await hospitalRegistry.write.setRoundManager([roundManager.address]);
	const initialModel = setting.initialModel ?? INITIAL_MODEL;
	const datasets =
		setting.datasets ?? BATCH_COUNTS.map((batchCount, index) => ({ root: datasetRoot(index), batchCount }));
	const shareKeys = setting.shareKeys ?? [1001n, 1002n, 1003n];
	await modelRegistry.write.createStudy([study, initialModel.commitment, initialModel.digest]);
	const hospitals = others.slice(0, datasets.length);
	const members = others.slice(datasets.length, datasets.length + shareKeys.length);
	const stranger = walletAt(others, datasets.length + shareKeys.length);
	for (const [index, { root, batchCount }] of datasets.entries()) {
		const { account } = walletAt(hospitals, index);
		await hospitalRegistry.write.admitHospital([account.address]);
		await hospitalRegistry.write.commitDataset([1n, root, batchCount * study.batchSize, batchCount], { account });
	}
	for (const [index, secret] of shareKeys.entries()) {
		const { account } = walletAt(members, index);
		await hospitalRegistry.write.admitMember([account.address]);
		await hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(secret)), { account });
	}
	const committee = members.slice(0, setting.committee).map(({ account }) => account.address);
	return { ...all, hospitals, members, committee, stranger };
};

export type Consortium = Awaited<ReturnType<typeof deployConsortium>>;

export const DURATIONS = { submission: 1000, checking: 300, attestation: 250 } as const;

/** deployConsortium with round 1 open. */
export const deployOpenRound = async (connection: NetworkConnection, setting: Setting = {}) => {
	const consortium = await deployConsortium(connection, setting);
	await consortium.roundManager.write.openRound([1n, consortium.committee, DURATIONS]);
	return consortium;
};

/** 8 words that stand for a proof: the doubles do not look at them, the events carry them. */
export const fakeProof = (seed: number) =>
	Array.from({ length: 8 }, (_, index) => BigInt(seed * 8 + index)) as unknown as readonly [
		bigint,
		bigint,
		bigint,
		bigint,
		bigint,
		bigint,
		bigint,
		bigint,
	];

export type UpdateArgs = ReturnType<typeof updateArgs>;

/** Arguments of submitUpdate for hospital `index` after `roundId`: the right number of segments, made-up values. */
export const updateArgs = (index: number, roundId = 1n) => {
	const totalSteps = STUDY.epochs * (BATCH_COUNTS[index] as number);
	const segments = Array.from({ length: Math.ceil(totalSteps / STUDY.stepsPerSegment) }, (_, segment) => ({
		proof: fakeProof(100 * index + segment),
		commitmentOut: BigInt(1_000 * (index + 1) + segment),
	}));
	const encryption = {
		proof: fakeProof(100 * index + 99),
		gamma: BigInt(index + 51),
		y: BigInt(index + 61),
		y2: BigInt(index + 71),
		shareDigest: BigInt(index + 81),
	};
	return [roundId, digest(`bundle ${index} of round ${roundId}`), segments, encryption] as const;
};

/** Submits the updates of the first `count` hospitals. */
export const submitUpdates = async ({ roundManager, hospitals }: Consortium, count = 3, roundId = 1n) => {
	for (const [index, { account }] of hospitals.slice(0, count).entries()) {
		await roundManager.write.submitUpdate(updateArgs(index, roundId), { account });
	}
};

/** The members with these indices confirm all live updates. */
export const confirmAll = async (
	{ roundManager, members }: Consortium,
	who: readonly number[] = [0, 1],
	roundId = 1n,
) => {
	const accepted = await roundManager.read.acceptedOf([roundId]);
	const updates = [];
	for (const [position, { hospital, removed }] of accepted.entries()) {
		const { bundleDigest } = await roundManager.read.updateOf([roundId, hospital]);
		if (!removed) updates.push({ position, bundleDigest });
	}
	for (const index of who) {
		await roundManager.write.confirmAvailability([roundId, updates], { account: walletAt(members, index).account });
	}
};

export const deployFrozenRound = async (connection: NetworkConnection, setting: Setting = {}) => {
	const consortium = await deployOpenRound(connection, setting);
	await submitUpdates(consortium);
	await confirmAll(consortium);
	await consortium.roundManager.write.freeze([1n]);
	return consortium;
};

/**
 * Arguments of postKeySum for member `index`: made-up values and proofs whose evaluations fit them, as the contract can check without the
 * proofs.
 */
export const keySumArgs = async ({ roundManager, publicClient, study }: Consortium, index: number, roundId = 1n) => {
	const { frozenSetDigest, updateCount } = await roundManager.read.roundOf([roundId]);
	const values: readonly bigint[] = Array.from(
		{ length: standardProfile.keyElements },
		(_, k) => BigInt(1000 * (index + 1) + k) ** 20n % FIELD_ORDER,
	);
	const gamma = keySumGamma({
		chainId: await publicClient.getChainId(),
		roundManager: roundManager.address,
		roundId,
		frozenSetDigest,
		memberIndex: index + 1,
		values,
	});
	const count = Math.ceil(updateCount / study.keySumSlots);
	const masks = Array.from({ length: count - 1 }, (_, proof) => BigInt(100 * index + proof + 7));
	// Any summands: the doubles accept them.
	const last = Fr.sub(evaluatePolynomial(values, gamma), BigInt(count - 1));
	const proofs = Array.from({ length: count }, (_, proof) => ({
		proof: fakeProof(1000 * (index + 1) + proof),
		evaluation: proof === count - 1 ? last : 1n,
		maskOut: masks[proof] ?? ZERO_MASK,
	}));
	return [roundId, frozenSetDigest, values, proofs] as const;
};

export const deployOpenedRound = async (connection: NetworkConnection, setting: Setting = {}) => {
	const consortium = await deployFrozenRound(connection, setting);
	for (const [index, { account }] of consortium.members.slice(0, consortium.study.threshold).entries()) {
		await consortium.roundManager.write.postKeySum(await keySumArgs(consortium, index), { account });
	}
	return consortium;
};

/** keccak256 of public signals, as VerifierDouble.expect takes them. */
export const signalsHash = (signals: readonly bigint[]): Hex =>
	keccak256(`0x${signals.map((signal) => pad(toHex(signal), { size: 32 }).slice(2)).join("")}`);
