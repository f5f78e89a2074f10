/** Everybody's own block store, served by a gateway to all the others, as on machines of their own; and an archive that outlives them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BlockStore } from "../../worker/adapters/ipfs/blockStore.ts";
import type { Digest } from "../../worker/adapters/ipfs/cid.ts";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { firstOf } from "../../worker/adapters/ipfs/firstOf.ts";
import { startGateway } from "../../worker/adapters/ipfs/gatewayServer.ts";
import { gatewayStore } from "../../worker/adapters/ipfs/gatewayStore.ts";
import { ownFirst } from "../../worker/adapters/ipfs/openStores.ts";
import { withPatience } from "../../worker/adapters/ipfs/withPatience.ts";
import type { Ledger } from "../../worker/core/ledger/state.ts";

type Served = {
	readonly name: string;
	readonly own: BlockStore;
	readonly url: string;
	readonly stop: () => Promise<void>;
};

export type DemoStores = Awaited<ReturnType<typeof openDemoStores>>;

const serve = async (name: string, blocks: string): Promise<Served> => {
	await mkdir(blocks, { recursive: true, mode: 0o700 });
	const own = diskStore(blocks);
	const { url, close } = await startGateway({ store: own });
	let stopped: Promise<void> | undefined;
	return {
		name,
		own,
		url,
		stop: () => {
			stopped ??= close();
			return stopped;
		},
	};
};

/** Everything that the chain names. */
export const digestsOf = ({ studies, models, rounds }: Ledger): readonly Digest[] => [
	...[...studies.values()].flatMap(({ parameters, trainVkHash, encryptVkHash, keySumVkHash }) => {
		return [parameters.definitionDigest, trainVkHash, encryptVkHash, keySumVkHash];
	}),
	...[...models.values()].map(({ digest }) => digest),
	...[...rounds.values()].flatMap(({ updates }) => updates.map(({ bundleDigest }) => bundleDigest)),
];

/**
 * @param folder of the demo: NAME/ipfs is a participant's store, ipfs the archive's
 * @param names of the participants
 */
export const openDemoStores = async (folder: string, names: readonly string[]) => {
	const served = await Promise.all(names.map((name) => serve(name, join(folder, name, "ipfs"))));
	const blocks = join(folder, "ipfs");
	const archive = await serve("archive", blocks);
	const readersOf = (name: string): readonly BlockStore[] =>
		served.filter((other) => other.name !== name).map(({ url }) => gatewayStore(new URL(url)));
	const everybody = firstOf(readersOf(archive.name));
	const find = (name: string): Served => {
		const found = served.find((one) => one.name === name);
		if (found === undefined) throw new RangeError(`there is no participant ${name}`);
		return found;
	};
	return {
		/** Folder of the archive's blocks. */
		blocks,
		/** The archive's gateway. */
		gatewayUrl: archive.url,
		/** A participant's: it writes to its own store, and reads the others' through their gateways. */
		of: (name: string): { readonly own: BlockStore; readonly store: BlockStore } => {
			const { own } = find(name);
			return {
				own,
				store: ownFirst(
					own,
					readersOf(name).map((peer) => withPatience(peer)),
				),
			};
		},
		/** Nobody can read the participant's store any more. */
		withdraw: (name: string): Promise<void> => find(name).stop(),
		/** Fetches from the participants' gateways whatever the chain names and the archive does not have. */
		archive: async (ledger: Ledger): Promise<void> => {
			for (const digest of digestsOf(ledger)) {
				if (!(await archive.own.has(digest))) await archive.own.put(await everybody.get(digest));
			}
		},
		close: async (): Promise<void> => {
			await Promise.all([...served, archive].map(({ stop }) => stop()));
		},
	};
};
