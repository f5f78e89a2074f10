/** The contracts on an in-process chain, with doubles for the verifiers; one fixture that every contract test starts from. */
import type { NetworkConnection } from "hardhat/types/network";
import { type Address, getContract, type Hex, keccak256, pad, parseAbi, toHex } from "viem";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
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
	"function VK_HASH() view returns (bytes32)",
]);

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
	weightCount: 61,
	profileId: standardProfile.id,
} as const;

export const INITIAL_MODEL = { commitment: 4711n, digest: digest("initial model") } as const;

/** What a test with real proofs puts in the place of the doubles and made-up values. */
export type Setting = {
	/** Names of the generated verifiers; doubles without. */
	readonly verifiers?: { readonly train: string; readonly encrypt: string };
	readonly study?: Partial<Record<keyof typeof STUDY, number | Hex>>;
	readonly initialModel?: { readonly commitment: bigint; readonly digest: Hex };
	/** One per hospital. */
	readonly datasets?: readonly { readonly root: bigint; readonly batchCount: number }[];
	/** Secrets of the members' share keys, in committee order. */
	readonly shareKeys?: readonly bigint[];
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
	const verifier = async (name: string | undefined, vkHash: Hex) => {
		const address = name === undefined ? await deployed("VerifierDouble", [vkHash]) : await deployed(name);
		return getContract({ address, abi: verifierDoubleAbi, client });
	};
	const trainVerifier = await verifier(setting.verifiers?.train, digest("train key"));
	const encryptVerifier = await verifier(setting.verifiers?.encrypt, digest("encrypt key"));
	const study = {
		...STUDY,
		...(setting.study as Partial<typeof STUDY>),
		trainVerifier: trainVerifier.address,
		encryptVerifier: encryptVerifier.address,
	};
	return {
		publicClient,
		owner,
		others,
		modelRegistry,
		hospitalRegistry,
		roundManager,
		trainVerifier,
		encryptVerifier,
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
	const committee = members.map(({ account }) => account.address);
	return { ...all, hospitals, members, committee, stranger };
};

export type Consortium = Awaited<ReturnType<typeof deployConsortium>>;

export const DURATIONS = { submission: 1000, opening: 500, attestation: 250 } as const;

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
	};
	return [roundId, digest(`bundle ${index} of round ${roundId}`), segments, encryption] as const;
};

/** Submits the updates of the first `count` hospitals. */
export const submitUpdates = async ({ roundManager, hospitals }: Consortium, count = 3, roundId = 1n) => {
	for (const [index, { account }] of hospitals.slice(0, count).entries()) {
		await roundManager.write.submitUpdate(updateArgs(index, roundId), { account });
	}
};

export const deployFrozenRound = async (connection: NetworkConnection) => {
	const consortium = await deployOpenRound(connection);
	await submitUpdates(consortium);
	await consortium.roundManager.write.freeze([1n]);
	return consortium;
};

export const deployOpenedRound = async (connection: NetworkConnection) => {
	const consortium = await deployFrozenRound(connection);
	for (const { account } of consortium.members.slice(0, 2)) {
		await consortium.roundManager.write.postKeySum([1n, digest(`key sum ${account.address}`)], { account });
	}
	return consortium;
};

/** keccak256 of public signals, as VerifierDouble.expect takes them. */
export const signalsHash = (signals: readonly bigint[]): Hex =>
	keccak256(`0x${signals.map((signal) => pad(toHex(signal), { size: 32 }).slice(2)).join("")}`);
