/** Somebody admitted who does not play by the rules: a hospital with made-up updates whose proofs are valid all the same, or a member. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeFunctionData, type LocalAccount } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { createTransactor, memoryJournal } from "../../../worker/adapters/chain/transactor.ts";
import { sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { encryptionCircuitInput } from "../../../worker/core/encryption/circuitInput.ts";
import { encryptUpdate } from "../../../worker/core/encryption/encryptUpdate.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { contractCall } from "../../../worker/node/participant.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { updateContext } from "../../../worker/protocol/context.ts";
import { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { learningRateInteger } from "../../../worker/protocol/study.ts";
import { CIRCUIT_DOUBLES, proverDouble } from "../proverDouble.ts";
import { ATTACKER, ATTACKER_WALLET, STUDY } from "./consortium.ts";
import type { Stage } from "./stage.ts";

/** What is published in the place of the bundle that the proof would be of. */
export type BundleLie = (honest: Uint8Array) => Uint8Array;

/** One batch, and nothing in it that anybody could check. */
const DATASET = { root: 4_711n, sampleCount: STUDY.batchSize, batchCount: 1 };
const SALT = 815n;
const GAS = 4_000_000n;

export type UpdateArguments = readonly [bigint, `0x${string}`, readonly unknown[], Readonly<Record<string, unknown>>];

export const createAttacker = (stage: Stage, account: LocalAccount = developmentAccount(ATTACKER_WALLET)) => {
	const { connection, consortium, links, violation } = stage;
	const { client, deployment } = connection;
	const transactor = createTransactor({ connection, account, journal: memoryJournal() });
	const { prove } = proverDouble();

	/** Sends a call that the contract ought to refuse, without asking it before. */
	const refused = async (what: string, functionName: string, args: readonly unknown[]): Promise<void> => {
		const data = encodeFunctionData({ abi: roundManagerAbi as readonly unknown[], functionName, args });
		const request = { account, to: deployment.roundManager, data, gas: GAS };
		const prepared = await client.prepareTransactionRequest(request);
		const hash = await client.sendRawTransaction({
			serializedTransaction: await account.signTransaction(prepared as never),
		});
		const { status } = await client.waitForTransactionReceipt({ hash, pollingInterval: 100, timeout: 20_000 });
		if (status === "success") violation(`the contract took ${what}`);
	};

	return {
		address: account.address,
		refused,
		/** Sends a call that the contract takes. */
		send: (functionName: string, args: readonly unknown[]) =>
			transactor.send(functionName, contractCall(connection, "roundManager", functionName, args, functionName)),
		join: () => {
			const args = [consortium.studyId, DATASET.root, DATASET.sampleCount, DATASET.batchCount];
			const call = contractCall(connection, "hospitalRegistry", "commitDataset", args, "commit to no data");
			return transactor.send("join", call);
		},
		/** Arguments of submitUpdate whose proofs are valid for this context, and the bytes that have the registered digest. */
		update: async (
			{ roundId, opening }: RoundRecord,
			lie: BundleLie = (honest) => honest,
			elsewhere: { readonly chainId?: number; readonly roundId?: bigint } = {},
		): Promise<{ readonly args: UpdateArguments; readonly bytes: Uint8Array }> => {
			const { committee, shareKeys, beacon, baseCommitment } = opening;
			const weights = consortium.initialWeights.map((weight, index) => weight + ((index * 37) % 11));
			const context = updateContext({
				...{ chainId: connection.chain.id, roundManager: deployment.roundManager, roundId, ...elsewhere },
				...{ studyId: consortium.studyId, hospital: account.address, profileId: profile.id },
			});
			const { threshold } = STUDY.committee;
			const { sampleCount, root, batchCount } = DATASET;
			const commitmentOut = commitWeights(weights, SALT);
			const training = await prove(CIRCUIT_DOUBLES.train, {
				...{ context, datasetRoot: root, batchCount: BigInt(batchCount), beacon: BigInt(beacon), firstStep: 0n },
				...{
					totalSteps: BigInt(STUDY.epochs * batchCount),
					learningRate: BigInt(learningRateInteger(STUDY.learningRate)),
				},
				...{ commitmentIn: baseCommitment, commitmentOut },
			});
			const randomness = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };
			const encrypted = encryptUpdate({
				...{ profile, weights, sampleCount, committeeKeys: shareKeys, threshold, context, randomness },
			});
			const honest = encodeBundle({ ...encrypted.public, members: committee.length, threshold, context }, profile);
			const bytes = lie(honest);
			const honestInput = encryptionCircuitInput({
				...{ context, bundleDigest: contentDigest(bytes).element, sampleCount, weights, salt: SALT },
				...{ committeeKeys: shareKeys, secrets: encrypted.secrets, baseWeights: weights, normBound: 0n },
			});
			// Whatever the base model's weights are: the contract holds their commitment.
			const { proof, publicSignals } = await prove(CIRCUIT_DOUBLES.encrypt, { ...honestInput, baseCommitment });
			const [gamma, y, y2, shareDigest] = publicSignals;
			const encryption = { proof, gamma, y, y2, shareDigest };
			return { args: [roundId, sha256Digest(bytes), [{ proof: training.proof, commitmentOut }], encryption], bytes };
		},
		/** Serves the bytes to whoever asks for them; everything else it does not have. @returns how to stop */
		serve: async (bytes: Uint8Array): Promise<() => void> => {
			const cid = cidOf(sha256Digest(bytes));
			const server = createServer((request, response) => {
				if (request.url?.includes(cid) === true) response.writeHead(200).end(bytes);
				else response.writeHead(404).end();
			});
			await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
			links.targets.set(ATTACKER, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
			return () => {
				links.targets.delete(ATTACKER);
				server.closeAllConnections();
				server.close();
			};
		},
	};
};

export type Attacker = ReturnType<typeof createAttacker>;
