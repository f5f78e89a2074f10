/** Who takes part, and where each of them listens. */
import { join } from "node:path";
import type { Role } from "../../worker/service/config/schema.ts";
import { requireFreePort } from "../ports.ts";

export type Place = {
	/** "hospital-1". */
	readonly name: string;
	readonly role: Role;
	/** Account of the development mnemonic. */
	readonly account: number;
	readonly folder: string;
	/** Of health, metrics and a hospital's API. */
	readonly httpPort: number;
	/** Of its block store. */
	readonly gatewayPort: number;
};

export const HOSPITALS = 3;

/** Ports from `port` on: the chain's, then one for each one's HTTP server, then one for each one's gateway. */
export const placesIn = (folder: string, port: number, members: number): readonly Place[] => {
	const roles: readonly (readonly [string, Role])[] = [
		["coordinator", "coordinator"],
		...Array.from({ length: HOSPITALS }, (_, index) => [`hospital-${index + 1}`, "hospital"] as const),
		...Array.from({ length: members }, (_, index) => [`member-${index + 1}`, "committee"] as const),
	];
	return roles.map(([name, role], account) => ({
		name,
		role,
		account,
		folder: join(folder, name),
		httpPort: port + 1 + account,
		gatewayPort: port + 1 + roles.length + account,
	}));
};

/** Better now than when the chain runs. @throws DecentraHealthError PORT_IN_USE */
export const requireFreePorts = async (port: number, places: readonly Place[]): Promise<void> => {
	for (const needed of [port, ...places.flatMap(({ httpPort, gatewayPort }) => [httpPort, gatewayPort])]) {
		await requireFreePort(needed);
	}
};
