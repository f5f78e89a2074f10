/** A hospital that lies, as far as proofs let it: its worker is made to hand out another bundle than the one that it encrypted. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { loadStudyCircuits } from "../../../scripts/circuits/studyCircuits.ts";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { closeProver, prove } from "../../../worker/adapters/prover.ts";
import { encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { decodeModel } from "../../../worker/core/codecs/model.ts";
import { decodeStudy } from "../../../worker/core/codecs/study.ts";
import { encryptionCircuitInput } from "../../../worker/core/encryption/circuitInput.ts";
import { encryptUpdate } from "../../../worker/core/encryption/encryptUpdate.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { contextOf } from "../../../worker/node/bundles.ts";
import { journalPath, openHospitalData, walletName } from "../../../worker/node/folders.ts";
import { openJournal } from "../../../worker/node/journal.ts";
import { requireStudy } from "../../../worker/node/participant.ts";
import { trainSegments } from "../../../worker/node/trainingProofs.ts";
import { updateNotesKey, updateNotesSchema } from "../../../worker/node/updateNotes.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { normBoundInteger } from "../../../worker/protocol/study.ts";
import { SERVED_PASSPHRASE, type Served } from "./served.ts";

/** Within the ciphertext. */
const CIPHERTEXT_BYTE = 300;

/**
 * In the worker's notes, once all its proofs are there, the encryption becomes another one whose proof is valid, but for the digest of bytes that are not
 * quite that ciphertext. A worker that starts with these notes publishes these bytes and offers the update for signing.
 */
export const tamperWithUpdate = async (served: Served, name: string, roundId: bigint): Promise<void> => {
	const { rpcUrl, roundManager, gateway } = served;
	const { folder, address } = served.place(name);
	const connection = await connectChain({ rpcUrl, address: roundManager });
	const ledger = foldEvents((await connection.readEvents()).events);
	const round = ledger.rounds.get(roundId);
	if (round === undefined) throw new RangeError(`there is no round ${roundId}`);
	const record = requireStudy(ledger, round.studyId);
	const store = gatewayStore(new URL(gateway));
	const study = decodeStudy(await store.get(record.parameters.definitionDigest));
	const keystore = { folder, passphrase: SERVED_PASSPHRASE, name: walletName(address), create: false };
	const { dataset, dataSeed } = await openHospitalData({ ...keystore, data: join(folder, "data.csv"), study });
	const { opening } = round;
	const { epochs, stepsPerSegment, learningRate, threshold, weightCount } = record.parameters;
	const context = contextOf({ connection }, round, record, address);
	const baseWeights = decodeModel(await store.get(opening.baseDigest), weightCount);

	const journal = openJournal(journalPath(folder));
	const key = updateNotesKey({ connection, transactor: { address } }, round);
	const notes = await journal.read(key, updateNotesSchema);
	if (notes?.encryption === undefined) throw new RangeError(`${name} has not proven its update yet`);
	const { statement } = notes;
	const { weights, salt } = trainSegments({
		...{ study, dataset, dataSeed, statement, context, beacon: opening.beacon },
		...{ epochs, stepsPerSegment, learningRate, baseWeights },
	});
	const { sampleCount } = dataset;
	const encrypted = encryptUpdate({
		profile: standardProfile,
		...{ weights, sampleCount, committeeKeys: opening.shareKeys, threshold, context },
		randomness: { bytes: (length) => new Uint8Array(randomBytes(length)) },
	});
	const members = opening.committee.length;
	const bundle = encodeBundle({ ...encrypted.public, members, threshold, context }, standardProfile);
	bundle[CIPHERTEXT_BYTE] = (bundle[CIPHERTEXT_BYTE] ?? 0) ^ 1;
	const input = encryptionCircuitInput({
		...{ context, sampleCount, weights, salt, baseWeights },
		bundleDigest: contentDigest(bundle).element,
		normBound: normBoundInteger(study),
		committeeKeys: opening.shareKeys,
		secrets: encrypted.secrets,
	});
	const { encrypt } = await loadStudyCircuits(study);
	const { proof, publicSignals } = await prove(encrypt, input).finally(closeProver);
	const [gamma = 0n, y = 0n, y2 = 0n, shareDigest = 0n] = publicSignals;
	const encryption = { bundle: Buffer.from(bundle).toString("base64"), proof: [...proof], gamma, y, y2, shareDigest };
	await journal.write(key, { ...notes, encryption });
};
