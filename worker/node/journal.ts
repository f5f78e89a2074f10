/**
 * A participant's notes about rounds it takes part in, in its own data folder: finished proofs, signed transactions, and the frozen set a member
 * signed for. All of it is public material or becomes public; losing proofs costs time only. The member's record of the frozen set is the
 * exception: it is what stops a member from opening two sets of one round, so it is written before anything is posted.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "viem";
import { z } from "zod";
import { isTaken, systemErrorCode, writeFileAtomic } from "../adapters/atomicFile.ts";
import type { TransactionJournal } from "../adapters/chain/transactor.ts";
import { DecentraHealthError } from "../protocol/errors.ts";

/** Every operation: @throws DecentraHealthError JOURNAL_UNUSABLE when the folder can't be read or written */
export type Journal = {
	/** The entry, or undefined when there is none or it is not what the schema says: for notes that only save work. */
	readonly read: <T>(key: string, schema: z.ZodType<T>) => Promise<T | undefined>;
	/** As `read`, but a damaged entry is an error: for notes that a decision depends on. @throws JOURNAL_CORRUPT */
	readonly readStrict: <T>(key: string, schema: z.ZodType<T>) => Promise<T | undefined>;
	readonly write: (key: string, value: unknown) => Promise<void>;
	/** Writes the entry if there is none; of several processes at once, one succeeds. @returns whether it was written */
	readonly create: (key: string, value: unknown) => Promise<boolean>;
	readonly transactions: TransactionJournal;
};

const KEY = /^[a-z0-9.-]{1,160}$/;

const TRANSACTION = "transaction-";
const hexSchema = z.custom<Hex>((value) => typeof value === "string" && /^0x(?:[0-9a-f]{2})+$/.test(value));
const transactionsSchema = z.array(hexSchema).min(1);

const toJson = (value: unknown): string =>
	`${JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item), "\t")}\n`;

/** @param folder of one participant; made at the first write, for its owner alone */
export const openJournal = (folder: string): Journal => {
	const pathOf = (key: string): string => {
		if (!KEY.test(key)) throw new RangeError(`journal key ${key}`);
		return join(folder, `${key}.json`);
	};
	const unusable = (key: string, verb: string, error: unknown): DecentraHealthError =>
		new DecentraHealthError("JOURNAL_UNUSABLE", {
			message: `the note ${pathOf(key)} cannot be ${verb} (${systemErrorCode(error)})`,
			nextStep:
				"Check the folder, its permissions and the free disk space, then repeat: nothing was sent without a note.",
		});
	const readText = async (key: string): Promise<string | undefined> => {
		try {
			return await readFile(pathOf(key), "utf8");
		} catch (error) {
			if (systemErrorCode(error) === "ENOENT") return undefined;
			throw unusable(key, "read", error);
		}
	};
	const parse = <T>(text: string, schema: z.ZodType<T>): T | undefined => {
		try {
			return schema.parse(JSON.parse(text));
		} catch {
			return undefined;
		}
	};
	const readStrict: Journal["readStrict"] = async (key, schema) => {
		const text = await readText(key);
		if (text === undefined) return undefined;
		const value = parse(text, schema);
		if (value !== undefined) return value;
		throw new DecentraHealthError("JOURNAL_CORRUPT", {
			message: `the note ${pathOf(key)} is damaged`,
			nextStep:
				"Restore it from a backup. Without one, leave this round to the others: acting twice could reveal a key or repeat a transaction.",
		});
	};
	const write: Journal["write"] = (key, value) =>
		writeFileAtomic(pathOf(key), toJson(value)).catch((error: unknown) => {
			throw unusable(key, "written", error);
		});
	return {
		read: async (key, schema) => {
			const text = await readText(key);
			return text === undefined ? undefined : parse(text, schema);
		},
		readStrict,
		write,
		create: async (key, value) => {
			try {
				await writeFileAtomic(pathOf(key), toJson(value), { exclusive: true });
				return true;
			} catch (error) {
				if (isTaken(error)) return false;
				throw unusable(key, "written", error);
			}
		},
		transactions: {
			read: async (key) => (await readStrict(`${TRANSACTION}${key}`, transactionsSchema)) ?? [],
			write: (key, signed) => write(`${TRANSACTION}${key}`, signed),
			list: async (prefix) => {
				const names = await readdir(folder).catch((): readonly string[] => []);
				const keys = names.filter((name) => name.startsWith(`${TRANSACTION}${prefix}`) && name.endsWith(".json"));
				const texts = await Promise.all(keys.map((name) => readText(name.slice(0, -".json".length))));
				return texts.flatMap((text) => (text === undefined ? [] : (parse(text, transactionsSchema) ?? [])));
			},
		},
	};
};
