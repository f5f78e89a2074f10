/** What its owner alone may know, in the forms in which it could be left behind, and everything that a scenario leaves. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { developmentKey } from "../../../scripts/demo/localChain.ts";
import { unpackKeySum } from "../../../worker/core/aggregation/unpackKeySum.ts";
import { decodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { openShares } from "../../../worker/core/encryption/openShares.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { Fr } from "../../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { findNeedles, type Needle, secretBytes, secretElement, secretText, secretVector } from "../e2e/needles.ts";
import type { RandomRing } from "../randomRing.ts";
import { addressOf, type FaultConsortium, HOSPITALS, NAMES, PASSPHRASE, STUDY, walletOf } from "./consortium.ts";
import { plainTraining } from "./plaintext.ts";

/** Of the many elements of a polynomial: whoever leaves one behind leaves the first ones. */
const FIRST = 3;
/** Rows of each hospital that are looked for. */
const ROWS = 3;

/** Its owner's own files, in its own folder. */
const OWN_FILES = ["data.csv", "http-token"];

export type Place = { readonly name: string; readonly bytes: Uint8Array };

export const filesBelow = (folder: string): readonly Place[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !OWN_FILES.includes(entry.name))
		.map(({ parentPath, name }) => {
			const path = join(parentPath, name);
			return { name: relative(folder, path), bytes: new Uint8Array(readFileSync(path)) };
		});

/** Keys, seeds, rows: the same in every scenario, but for the rows that are looked for. */
export const lastingSecrets = ({ data, rows, shareKeys }: FaultConsortium, random: RandomRing): readonly Needle[] => [
	...secretText("the passphrase", PASSPHRASE),
	...NAMES.flatMap((name) => secretElement(`wallet key of ${name}`, BigInt(developmentKey(walletOf(name))))),
	...shareKeys.flatMap((key, index) => secretElement(`share key of member ${index + 1}`, key)),
	...data.flatMap(({ dataSeed, dataset }, index) => [
		...secretBytes(`data seed of hospital ${index + 1}`, dataSeed),
		...dataset.salts.slice(0, FIRST).flatMap((salt) => secretElement(`a salt of hospital ${index + 1}`, salt)),
	]),
	...rows.flatMap((ofHospital, index) =>
		Array.from({ length: ROWS }, () => random.below(ofHospital.length)).flatMap((at) => [
			...secretText(`row ${at} of hospital ${index + 1}`, ofHospital[at] ?? ""),
			...secretBytes(`inputs ${at} of hospital ${index + 1}`, data[index]?.dataset.batches.flat()[at]?.inputs ?? PAD),
		]),
	),
];

const PAD = new Uint8Array(64).fill(0xa5);

/** The one-time key of a bundle, by two members' share keys: what t members together could open, and never do. */
const bundleSecrets = (bytes: Uint8Array, context: bigint, shareKeys: readonly bigint[]): readonly Needle[] => {
	const { members, threshold } = STUDY.committee;
	const { weightCount } = architectureOf(STUDY);
	const { ephemeralKey, encryptedShares } = decodeBundle(bytes, profile, { members, threshold, context, weightCount });
	const [first = [], second = []] = [1, 2].map(
		(member) =>
			openShares(shareKeys[member - 1] ?? 0n, member, ephemeralKey, encryptedShares[member - 1] ?? [], context).shares,
	);
	const slopes = second.map((value, k) => Fr.sub(value, first[k] ?? 0n));
	const packed = first.map((value, k) => Fr.sub(value, slopes[k] ?? 0n));
	const elements = (what: string, values: readonly bigint[]): readonly Needle[] =>
		values.slice(0, FIRST).flatMap((value, index) => secretElement(`${what} ${index}`, value));
	return [
		...secretVector("a one-time key", unpackKeySum(packed, 1, profile)),
		...elements("a packed key", packed),
		...elements("a sharing polynomial", slopes),
		...elements("a share of member 1", first),
		...elements("a share of member 2", second),
	];
};

/** Each hospital's own weights and one-time keys, of all rounds and all branches of the chain. */
export const roundSecrets = (
	consortium: FaultConsortium,
	{
		rounds,
		bases,
		bundles,
	}: {
		readonly rounds: readonly RoundRecord[];
		/** Weights of the models that rounds started from, by id. */
		readonly bases: ReadonlyMap<bigint, readonly number[]>;
		/** Blocks by digest. */
		readonly bundles: ReadonlyMap<string, Uint8Array>;
	},
): readonly Needle[] =>
	rounds.flatMap((round) => {
		const base = bases.get(round.baseModelId);
		const weights =
			base === undefined
				? []
				: HOSPITALS.flatMap((name, index) =>
						plainTraining(consortium, index, { base, beacon: round.opening.beacon }).flatMap((after) =>
							secretVector(`weights of ${name} in round ${round.roundId}`, after),
						),
					);
		const keys = round.updates.flatMap(({ bundleDigest, context, hospital }) => {
			const bytes = bundles.get(bundleDigest);
			const isOurs = HOSPITALS.some((name) => addressOf(name) === hospital);
			return bytes === undefined || !isOurs ? [] : bundleSecrets(bytes, context, consortium.shareKeys);
		});
		return [...weights, ...keys];
	});

/** @returns what was found and where */
export const scan = (places: readonly Place[], needles: readonly Needle[]): readonly string[] =>
	places.flatMap(({ name, bytes }) => findNeedles(bytes, needles).map((what) => `${what} in ${name}`));
