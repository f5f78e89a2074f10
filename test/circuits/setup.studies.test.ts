import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { compiledHash } from "../../scripts/circuits/circom.ts";
import { exclusively } from "../../scripts/circuits/exclusively.ts";
import { instanceSource, studyInstances } from "../../scripts/circuits/instances.ts";
import { mergeManifest, type PreparedCircuit, writeManifest } from "../../scripts/circuits/preparedStudies.ts";
import wdbc from "../../studies/wdbc.json" with { type: "json" };
import { ownerHere, ownerText, placeHere } from "../../worker/adapters/lease/owner.ts";
import { loadStudyCircuits } from "../../worker/adapters/prover/studyCircuits.ts";
import { studyPath } from "../../worker/adapters/studyFile.ts";
import { encodeVerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import { contentDigest } from "../../worker/protocol/contentDigest.ts";
import { type Study, studySchema } from "../../worker/protocol/study.ts";
import { rejectsWithCode } from "../support/rejectsWithCode.ts";
import { simulatedKey } from "../support/simulatedGroth16.ts";

const study = studySchema.parse(wdbc);
const key = encodeVerificationKey(simulatedKey("prepared studies", 2).verificationKey);

describe("prepared studies", () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "studies-"));
	});
	afterEach(() => rm(folder, { recursive: true }));

	/** As a preparation leaves it, but for the files' contents, which nobody reads here. */
	const prepared = async (of: Study, changes: { readonly hash?: string } = {}): Promise<readonly PreparedCircuit[]> => {
		const circuits: PreparedCircuit[] = [];
		for (const instance of studyInstances(of)) {
			const hash = changes.hash ?? compiledHash(instanceSource(instance), instance.optimization);
			const place = join(folder, instance.name, hash);
			const file = (name: string) => join(place, name);
			await mkdir(place, { recursive: true });
			for (const name of ["circuit.wasm", "circuit.r1cs", "circuit.sym", "proving.zkey"])
				await writeFile(file(name), "");
			await writeFile(file("verification_key.json"), key);
			circuits.push({
				study: of.name,
				instance,
				compiled: {
					folder: place,
					hash,
					r1cs: file("circuit.r1cs"),
					wasm: file("circuit.wasm"),
					sym: file("circuit.sym"),
				},
				keys: {
					provingKey: file("proving.zkey"),
					verificationKeyFile: file("verification_key.json"),
					publicSignals: 0,
					vkHash: contentDigest(key).hex,
					developmentOnly: true,
				},
			});
		}
		return circuits;
	};
	const publish = async (circuits: readonly PreparedCircuit[]) => {
		const merged = await mergeManifest(folder, circuits);
		await writeManifest(folder, merged.manifest);
		return { names: Object.keys(merged.manifest.circuits), dropped: merged.dropped };
	};
	const named = (name: string, changes: Partial<Study> = {}): Study => ({ ...study, name, ...changes });

	it("stay in the manifest when another is prepared, and are replaced when prepared again", async () => {
		await publish(await prepared(study));
		const { names, dropped } = await publish(await prepared(named("other", { keySumSlots: 2 })));
		assert.deepEqual(names, [
			...["EncryptUpdateOther", "EncryptUpdateWdbc", "KeySumOther"],
			...["KeySumWdbc", "TrainSegmentOther", "TrainSegmentWdbc"],
		]);
		assert.deepEqual(dropped, []);
		assert.equal((await loadStudyCircuits(folder, study)).train.name, "TrainSegmentWdbc");
		const changed = named("wdbc", { keySumSlots: 3 });
		assert.equal((await publish(await prepared(changed))).names.length, 6);
		assert.equal((await loadStudyCircuits(folder, changed)).keySum.name, "KeySumWdbc");
	});

	it("leave the manifest when the sources have changed, their files are gone, or the manifest is of another version", async () => {
		await publish(await prepared(named("old"), { hash: "0".repeat(32) }));
		await publish(await prepared(named("gone")));
		await rm(join(folder, "KeySumGone"), { recursive: true });
		const { names, dropped } = await publish(await prepared(study));
		assert.deepEqual(dropped, ["gone"]);
		assert.equal(names.length, 3);
		await writeFile(join(folder, "manifest.json"), '{"circuits":{"TrainSegmentOther":{"wasm":"x"}}}');
		assert.equal((await publish(await prepared(study))).names.length, 3);
	});

	it("do not share names: the newer has them", async () => {
		await publish(await prepared(named("x-1")));
		const { names, dropped } = await publish(await prepared(named("x1")));
		assert.deepEqual([names.length, dropped], [3, ["x-1"]]);
		await rejectsWithCode(loadStudyCircuits(folder, named("x-1")), "PROVING_KEY_MISSING");
		await loadStudyCircuits(folder, named("x1"));
	});

	it("are the definition's, not the name's", async () => {
		await rejectsWithCode(loadStudyCircuits(folder, study), "PROVING_KEY_MISSING");
		await publish(await prepared(study));
		await loadStudyCircuits(folder, { ...study, title: "Another", learningRate: 0.25, minUpdates: 4 });
		await rejectsWithCode(loadStudyCircuits(folder, named("other")), "PROVING_KEY_MISSING");
		const others: readonly Partial<Study>[] = [
			{ stepsPerSegment: 8 },
			{ keySumSlots: 5 },
			{ committee: { members: 5, threshold: 3 } },
			{ batchSize: 4 },
		];
		for (const changes of others) {
			const error = await rejectsWithCode(loadStudyCircuits(folder, { ...study, ...changes }), "PROVING_KEY_MISMATCH");
			assert.match(error.message, /parameter (steps|slots|members|batchSize) is \d+, this study's is \d+/);
		}
	});

	it("are published by one process at a time, also after one that was killed", async () => {
		const lock = join(folder, "manifest.lock");
		// No process has this id: they end below 2^22.
		await writeFile(lock, ownerText({ ...(await ownerHere("killed", await placeHere())), pid: 2 ** 22 + 1 }));
		let inside = 0;
		const results = await Promise.all(
			[1, 2, 3].map((value) =>
				exclusively(lock, async () => {
					assert.equal(++inside, 1);
					await new Promise((resolve) => setTimeout(resolve, 5));
					inside--;
					return value;
				}),
			),
		);
		assert.deepEqual(results, [1, 2, 3]);
		await assert.rejects(
			exclusively(lock, async () => {
				throw new Error("inside");
			}),
			/inside/,
		);
		assert.equal(await exclusively(lock, async () => "free again"), "free again");
	});

	it("are named by file or by name", () => {
		assert.match(studyPath("wdbc"), /\/studies\/wdbc\.json$/);
		assert.equal(studyPath("studies/wdbc.json"), studyPath("wdbc"));
		assert.equal(studyPath("/elsewhere/wdbc.json"), "/elsewhere/wdbc.json");
	});
});
