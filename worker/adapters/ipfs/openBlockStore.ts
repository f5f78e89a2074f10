/** The store that one configuration value names: a folder, a gateway or a Kubo node. */
import { stat } from "node:fs/promises";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { type BlockStore, unreachable } from "./blockStore.ts";
import { diskStore } from "./diskStore.ts";
import { gatewayStore } from "./gatewayStore.ts";

export type OpenOptions = {
	/** Whether a folder that does not exist yet is fine: yes for one's own store, no for one that is only read. */
	readonly create?: boolean;
	/** Milliseconds for a request to a gateway or node. */
	readonly timeout?: number;
	/** A Kubo node is asked for its own blocks only, and not to look for others in its network. */
	readonly offline?: boolean;
};

const parseUrl = (location: string): URL => {
	try {
		return new URL(location);
	} catch (cause) {
		// The text may hold credentials, so it is not repeated.
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "the IPFS address is not a valid URL",
			nextStep: "Use a folder, http(s)://GATEWAY or kubo+http(s)://HOST:5001.",
			cause: cause instanceof Error ? cause.name : undefined,
		});
	}
};

/**
 * @param location a folder, `http(s)://GATEWAY` (trustless gateway, read-only) or `kubo+http(s)://HOST:PORT` (Kubo RPC)
 * @throws DecentraHealthError CONFIG_INVALID, IPFS_UNREACHABLE (no such folder)
 */
export const openBlockStore = async (
	location: string,
	{ create = false, ...options }: OpenOptions = {},
): Promise<BlockStore> => {
	const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1]?.toLowerCase();
	switch (scheme) {
		case "http":
		case "https":
			return gatewayStore(parseUrl(location), options);
		case "kubo+http":
		case "kubo+https": {
			// Loaded on demand: the client's dependencies cost every command's start otherwise.
			const { kuboStore } = await import("./kuboStore.ts");
			return kuboStore(parseUrl(location.slice("kubo+".length)), options);
		}
		case undefined:
			break;
		default:
			throw new DecentraHealthError("CONFIG_INVALID", {
				message: `an IPFS address cannot start with ${scheme}://`,
				nextStep: "Use a folder, http(s)://GATEWAY or kubo+http(s)://HOST:5001.",
			});
	}
	if (location.trim() === "") {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "the IPFS address is empty",
			nextStep: "Use a folder, http(s)://GATEWAY or kubo+http(s)://HOST:5001.",
		});
	}
	const isFolder = await stat(location).then(
		(found) => found.isDirectory(),
		() => create,
	);
	if (!isFolder) {
		throw unreachable(`block folder ${location}`, "is not a folder", "Check the path, or create the folder first.");
	}
	return diskStore(location);
};
