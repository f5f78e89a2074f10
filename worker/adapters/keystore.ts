/**
 * A hospital's or committee member's secrets in one file: scrypt (RFC 7914) over the passphrase, then AES-256-GCM (node:crypto).
 * The envelope is readable JSON; everything in it is authenticated. No message ever holds a secret or a part of the file.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import { DecentraHealthError } from "../protocol/errors.ts";
import { createPrivateFile, readPrivateFile, replacePrivateFile } from "./privateFile.ts";
import { decodeSecrets, encodeSecrets, type Secrets } from "./secrets.ts";

export type { Secrets } from "./secrets.ts";

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));

const envelopeSchema = z.strictObject({
	format: z.literal("decentrahealth-keystore"),
	version: z.literal(1),
	/** Whose secrets these are, such as "hospital-1". */
	name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
	kdf: z.strictObject({
		name: z.literal("scrypt"),
		/** Bounded below, so that a planted file cannot weaken the next write, and above, so that it cannot exhaust memory. */
		n: z.union([z.literal(2 ** 17), z.literal(2 ** 18), z.literal(2 ** 19), z.literal(2 ** 20)]),
		r: z.literal(8),
		p: z.literal(1),
		salt: hex(32),
		/** The second half of scrypt's output: tells a wrong passphrase from a damaged file. */
		check: hex(32),
	}),
	cipher: z.strictObject({ name: z.literal("aes-256-gcm"), nonce: hex(12), tag: hex(16) }),
	ciphertext: z.string().regex(/^(?:[0-9a-f]{2})+$/),
});

type Envelope = z.infer<typeof envelopeSchema>;

/** OWASP's recommendation for scrypt: 128 MiB, about half a second. */
const COST = { n: 2 ** 17, r: 8, p: 1 } as const;
const LEAST_PASSPHRASE = 12;

const stretch = promisify<string, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
	scrypt,
);

const deriveKeys = async (passphrase: string, { n, r, p, salt }: Pick<Envelope["kdf"], "n" | "r" | "p" | "salt">) => {
	const output = await stretch(passphrase.normalize("NFKC"), Buffer.from(salt, "hex"), 64, {
		N: n,
		r,
		p,
		maxmem: 256 * n * r,
	});
	return { key: output.subarray(0, 32), check: output.subarray(32) };
};

/** All of the envelope but the tag and the ciphertext, which GCM authenticates itself. */
const additionalData = ({ format, version, name, kdf, cipher }: Omit<Envelope, "ciphertext">): Buffer =>
	Buffer.from(
		JSON.stringify([format, version, name, kdf.name, kdf.n, kdf.r, kdf.p, kdf.salt, kdf.check, cipher.nonce]),
	);

const corrupt = (path: string, problem: string): DecentraHealthError =>
	new DecentraHealthError("KEYSTORE_CORRUPT", {
		message: `keystore ${path} ${problem}`,
		nextStep: "Restore the file from a backup. Without one, create a new keystore and register its keys again.",
	});

const seal = async (name: string, secrets: Secrets, passphrase: string): Promise<string> => {
	if (passphrase.length < LEAST_PASSPHRASE) {
		throw new DecentraHealthError("KEYSTORE_PASSPHRASE", {
			message: `the passphrase has fewer than ${LEAST_PASSPHRASE} characters`,
			nextStep: "Choose a longer one: it is all that protects the file if it is copied.",
		});
	}
	const plaintext = encodeSecrets(secrets);
	const salt = randomBytes(32).toString("hex");
	const { key, check } = await deriveKeys(passphrase, { ...COST, salt });
	const nonce = randomBytes(12);
	const envelope: Envelope = {
		format: "decentrahealth-keystore",
		version: 1,
		name,
		kdf: { name: "scrypt", ...COST, salt, check: check.toString("hex") },
		cipher: { name: "aes-256-gcm", nonce: nonce.toString("hex"), tag: "" },
		ciphertext: "",
	};
	const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(additionalData(envelope));
	envelope.ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]).toString("hex");
	envelope.cipher.tag = cipher.getAuthTag().toString("hex");
	key.fill(0);
	plaintext.fill(0);
	return `${JSON.stringify(envelopeSchema.parse(envelope), null, 2)}\n`;
};

const parseEnvelope = (text: string, path: string): Envelope => {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		throw corrupt(path, "is not JSON");
	}
	const parsed = envelopeSchema.safeParse(json);
	if (!parsed.success) throw corrupt(path, `is malformed at "${parsed.error.issues[0]?.path.join(".") ?? ""}"`);
	return parsed.data;
};

const unseal = async (envelope: Envelope, passphrase: string, path: string): Promise<Secrets> => {
	const { key, check } = await deriveKeys(passphrase, envelope.kdf);
	if (!timingSafeEqual(check, Buffer.from(envelope.kdf.check, "hex"))) {
		throw new DecentraHealthError("KEYSTORE_PASSPHRASE", {
			message: `the passphrase does not open keystore ${path}`,
			nextStep: "Set the passphrase that the keystore was created with.",
		});
	}
	const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(envelope.cipher.nonce, "hex"), {
		authTagLength: 16,
	})
		.setAAD(additionalData(envelope))
		.setAuthTag(Buffer.from(envelope.cipher.tag, "hex"));
	try {
		const plaintext = Buffer.concat([decipher.update(Buffer.from(envelope.ciphertext, "hex")), decipher.final()]);
		return decodeSecrets(plaintext);
	} catch {
		// The cause could hold parts of the plaintext.
		throw corrupt(path, "was changed: its authentication tag does not match");
	} finally {
		key.fill(0);
	}
};

export type KeystoreLocation = {
	readonly path: string;
	readonly passphrase: string;
};

/**
 * Writes a new keystore: file mode 0600, new folders 0700, whole or not at all.
 * @throws DecentraHealthError KEYSTORE_EXISTS (nothing is overwritten), KEYSTORE_PASSPHRASE (too short), KEYSTORE_MISSING (not writable)
 * @throws RangeError when a secret is out of range; ZodError for a name with other characters than letters, digits and ._-
 */
export const createKeystore = async ({
	path,
	passphrase,
	name,
	secrets,
}: KeystoreLocation & { readonly name: string; readonly secrets: Secrets }): Promise<void> =>
	createPrivateFile(path, await seal(name, secrets, passphrase));

/**
 * @param name if given, whose keystore it must be
 * @throws DecentraHealthError KEYSTORE_MISSING, KEYSTORE_CORRUPT, KEYSTORE_PASSPHRASE, CONFIG_INVALID (another name)
 */
export const openKeystore = async ({
	path,
	passphrase,
	name,
}: KeystoreLocation & { readonly name?: string }): Promise<Secrets & { readonly name: string }> => {
	const envelope = parseEnvelope(await readPrivateFile(path), path);
	if (name !== undefined && envelope.name !== name) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `keystore ${path} belongs to "${envelope.name}", not to "${name}"`,
			nextStep: "Point the configuration at the right keystore.",
		});
	}
	return { ...(await unseal(envelope, passphrase, path)), name: envelope.name };
};

/**
 * Replaces the secrets in one step, under the same name and passphrase with a fresh salt and nonce. One process at a time.
 * @throws DecentraHealthError as {@link openKeystore}
 */
export const updateKeystore = async ({
	path,
	passphrase,
	update,
}: KeystoreLocation & { readonly update: (secrets: Secrets) => Secrets }): Promise<void> => {
	const { name, ...secrets } = await openKeystore({ path, passphrase });
	await replacePrivateFile(path, await seal(name, update(secrets), passphrase));
};
