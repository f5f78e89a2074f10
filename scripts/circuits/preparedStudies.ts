/** The manifest of everything prepared here, study by study: new circuits go in, and what the sources have left behind comes out. */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import {
	MANIFEST_NAME,
	type Manifest,
	type ManifestEntry,
	readManifest,
} from "../../worker/adapters/prover/manifest.ts";
import { CIRCUIT_KINDS, circuitName } from "../../worker/protocol/circuitNames.ts";
import { parameterText } from "../../worker/protocol/circuitParameters.ts";
import { isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { writeWhenChanged } from "../writeWhenChanged.ts";
import { type CompiledCircuit, compiledHash } from "./circom.ts";
import { type CircuitInstance, circuitTemplates, mainSource } from "./instances.ts";
import { type CircuitKeys, readKeys } from "./keys.ts";
import { markUsed } from "./prune.ts";

export type PreparedCircuit = {
	/** The study's name. */
	readonly study: string;
	readonly instance: CircuitInstance;
	readonly compiled: CompiledCircuit;
	readonly keys: CircuitKeys;
};

type Entries = Manifest["circuits"];

const entryOf = (folder: string, { study, instance, compiled, keys }: PreparedCircuit): ManifestEntry => {
	const local = (path: string): string => relative(folder, path);
	return {
		study,
		circuit: compiled.hash,
		parameters: Object.fromEntries(
			Object.entries(instance.parameters).map(([name, value]) => [name, parameterText(value)]),
		),
		wasm: local(compiled.wasm),
		provingKey: local(keys.provingKey),
		verificationKey: local(keys.verificationKeyFile),
		vkHash: keys.vkHash,
		developmentOnly: keys.developmentOnly,
	};
};

/** What an earlier run left; nothing when it is missing or of another version of this program. */
const earlierEntries = (folder: string): Promise<Entries> =>
	readManifest(folder).then(
		({ circuits }) => circuits,
		(error: unknown) => {
			if (isDecentraHealthError(error)) return {};
			throw error;
		},
	);

/** True when today's sources compile to these circuits: all kinds of the study, with the parameters that it was prepared with. */
const isCurrent = (folder: string, study: string, entries: Entries): boolean =>
	circuitTemplates().every((kind) => {
		const entry = entries[circuitName(kind.template, study)];
		if (entry === undefined || entry.study !== study) return false;
		if (Object.keys(entry.parameters).join() !== kind.params.join()) return false;
		if (compiledHash(mainSource(kind, Object.values(entry.parameters)), kind.optimization) !== entry.circuit)
			return false;
		return [entry.wasm, entry.provingKey, entry.verificationKey].every((path) => existsSync(join(folder, path)));
	});

export type MergedManifest = {
	readonly manifest: Manifest;
	/** Names of the studies that are no longer in it: their circuits have changed since. */
	readonly dropped: readonly string[];
};

/** The earlier manifest with `circuits` in the place of what it says about their studies, and without studies whose circuits have changed. */
export const mergeManifest = async (folder: string, circuits: readonly PreparedCircuit[]): Promise<MergedManifest> => {
	const earlier = await earlierEntries(folder);
	const added: Entries = Object.fromEntries(
		circuits.map((circuit) => [circuit.instance.name, entryOf(folder, circuit)]),
	);
	const replaced = new Set(circuits.map(({ study }) => study));
	const others = [...new Set(Object.values(earlier).map(({ study }) => study))].filter((study) => !replaced.has(study));
	const kept = others.filter(
		(study) =>
			// Two studies may share their circuits' names ("x-1", "x1"): then the newer one has them.
			CIRCUIT_KINDS.every((kind) => added[circuitName(kind, study)] === undefined) && isCurrent(folder, study, earlier),
	);
	const names = kept.flatMap((study) => CIRCUIT_KINDS.map((kind) => circuitName(kind, study)));
	const all = { ...Object.fromEntries(names.map((name) => [name, earlier[name] as ManifestEntry])), ...added };
	return {
		manifest: { circuits: Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))) },
		dropped: others.filter((study) => !kept.includes(study)),
	};
};

/** The keys of all circuits in the manifest, by instance. */
export const manifestKeys = async (
	folder: string,
	{ circuits }: Manifest,
): Promise<ReadonlyMap<string, CircuitKeys>> => {
	const keys = new Map<string, CircuitKeys>();
	for (const [name, { provingKey }] of Object.entries(circuits)) {
		keys.set(name, await readKeys(dirname(join(folder, provingKey))));
	}
	return keys;
};

/** Replaces the manifest in one rename, and only when it changed; what it names is not pruned. */
export const writeManifest = async (folder: string, manifest: Manifest): Promise<void> => {
	for (const { wasm, provingKey } of Object.values(manifest.circuits)) {
		for (const path of [wasm, provingKey]) await markUsed(dirname(join(folder, path)));
	}
	writeWhenChanged(join(folder, MANIFEST_NAME), `${JSON.stringify(manifest, null, 1)}\n`);
};
