import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namesFrom } from "../../../web/lib/words/names.ts";
import { encryptionProofWords, keySumProofWords, trainingProofWords } from "../../../web/lib/words/proof.ts";
import { commitment, plain } from "../../../web/lib/words/sentence.ts";
import { ENCRYPT_SIGNAL_WORDS, KEY_SUM_SIGNAL_WORDS, TRAIN_SIGNAL_WORDS } from "../../../web/lib/words/signals.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { updateStatements } from "../../../worker/core/statements.ts";
import {
	ENCRYPT_UPDATE_SIGNALS,
	KEY_SUM_SIGNALS,
	TRAIN_SEGMENT_SIGNALS,
} from "../../../worker/protocol/publicSignals.ts";
import { enrolled, HOSPITALS, MEMBERS } from "../../support/roundEvents.ts";

const PROOF = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n] as const;

/** An accepted update of 10 batches in segments of 4 steps: 3 segments, of which the last has 2 steps. */
const fixture = () => {
	const events = enrolled();
	events.openRound();
	events.submit(HOSPITALS[0]);
	events.submit(HOSPITALS[1]);
	const ledger = foldEvents(events.events);
	const round = ledger.rounds.get(1n);
	const study = ledger.studies.get(1n);
	const [accepted] = round?.updates ?? [];
	assert.ok(round && study && accepted);
	const segments = [101n, 102n, accepted.weightsCommitment].map((commitmentOut, segment) => ({
		segment: BigInt(segment),
		commitmentOut,
		proof: PROOF,
	}));
	const parameters = { ...study.parameters, stepsPerSegment: 4 };
	return { round, study: { ...study, parameters }, parameters, update: { ...accepted, segments } };
};

describe("what proofs prove, in words", () => {
	it("a training segment says its steps, batches, learning rate and both commitments, as its public signals do", () => {
		const { round, study, parameters, update } = fixture();
		// The statement needs keys that are points; the words do not.
		const opening = { ...round.opening, shareKeys: [] };
		const statements = updateStatements({ ...round, opening }, study, update, update.context);
		for (const [index, { signals }] of statements.slice(0, -1).entries()) {
			const named = Object.fromEntries(TRAIN_SEGMENT_SIGNALS.map((name, at) => [name, signals[at] ?? -1n]));
			const { title, sentence, note } = trainingProofWords(round, parameters, update, index);
			const first = Number(named.firstStep);
			const last = Math.min(first + 4, Number(named.totalSteps));
			const text = plain(sentence);
			assert.equal(title, `Training, segment ${index + 1} of 3`);
			assert.match(text, new RegExp(`^Steps ${first + 1} to ${last} of ${named.totalSteps}: starting from`));
			assert.match(text, new RegExp(`learning rate ${Number(named.learningRate) / 1024} on batches`));
			const order = Array.from({ length: last - first }, (_, step) => ((Number(named.beacon) + first + step) % 10) + 1);
			assert.match(text, new RegExp(`on batches ${order.slice(0, -1).join(", ")} and ${order.at(-1)} of 10`));
			const values = sentence.flatMap((part) => (typeof part === "string" ? [] : [part]));
			assert.deepEqual(
				values,
				[named.commitmentIn, named.datasetRoot, named.commitmentOut].map((value) => commitment(value ?? -1n)),
			);
			assert.equal(note === undefined, last - first === 4);
		}
	});

	it("an encryption proof names bundle, weights, samples, committee and the bound of the norm", () => {
		const { round, parameters, update } = fixture();
		const text = plain(encryptionProofWords(round, parameters, update, undefined).sentence);
		assert.match(text, /holds exactly the 61 weights committed as .* multiplied by the 80 samples/);
		assert.match(text, /shared to the 3 committee members so that any 2 of them/);
		assert.doesNotMatch(text, /norm/);
		assert.match(plain(encryptionProofWords(round, parameters, update, 0.5).sentence), /no further than 0\.5 from/);
	});

	it("a key sum's proof names the hospitals that its part covers", () => {
		const { round, parameters } = fixture();
		const frozen = {
			hospitals: HOSPITALS.slice(0, 3),
			bundleDigests: [],
			frozenSetDigest: "0x12" as const,
			deadline: 1n,
			place: round.place,
		};
		const nameOf = namesFrom({ [HOSPITALS[0]]: "A", [HOSPITALS[1]]: "B", [HOSPITALS[2]]: "C", [MEMBERS[0]]: "M" });
		const proofs = [1n, 2n].map((evaluation) => ({ proof: PROOF, evaluation, maskOut: 3n }));
		const words = keySumProofWords(
			{ frozen },
			{ ...parameters, keySumSlots: 2 },
			{ member: MEMBERS[0], proofs },
			{ index: 1, nameOf },
		);
		assert.equal(words.title, "Key sum, part 2 of 2");
		assert.match(plain(words.sentence), /this part is the sum of the key shares of C:/);
		const whole = keySumProofWords(
			{ frozen },
			parameters,
			{ member: MEMBERS[0], proofs: proofs.slice(0, 1) },
			{ index: 0, nameOf },
		);
		assert.match(
			plain(whole.sentence),
			/^The numbers that M posted are exactly the sum of the key shares of A, B and C:/,
		);
	});

	it("has words for every public signal, in proof order", () => {
		assert.deepEqual(Object.keys(TRAIN_SIGNAL_WORDS), [...TRAIN_SEGMENT_SIGNALS]);
		assert.deepEqual(Object.keys(ENCRYPT_SIGNAL_WORDS), [...ENCRYPT_UPDATE_SIGNALS]);
		assert.deepEqual(Object.keys(KEY_SUM_SIGNAL_WORDS), [...KEY_SUM_SIGNALS]);
	});
});
