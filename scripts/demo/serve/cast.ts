/** Who takes part in a served demo: names for people, accounts, folders, ports, and whose wallet is in a person's hands. */
import { join } from "node:path";
import type { Address } from "viem";
import type { Place } from "../../consortium/places.ts";
import { developmentAccount } from "../localChain.ts";
import { namesOf } from "./names.ts";

export type CastMember = Place & {
	/** "St. Anna (hospital 1)". */
	readonly title: string;
	readonly address: Address;
	/** A person signs; otherwise the worker does by itself. */
	readonly byHand: boolean;
};

export type CastOptions = {
	readonly folder: string;
	readonly hospitals: number;
	readonly members: number;
	readonly byHand: ReadonlySet<string>;
	/** Two for each of them. */
	readonly ports: readonly number[];
};

/** The coordinator first, then hospitals, then members: in the order of the development accounts. */
export const castOf = ({ folder, hospitals, members, byHand, ports }: CastOptions): readonly CastMember[] =>
	namesOf(hospitals, members).map((named, account) => {
		const [httpPort, gatewayPort] = [ports[2 * account], ports[2 * account + 1]];
		if (httpPort === undefined || gatewayPort === undefined) throw new RangeError("two ports for each participant");
		return {
			...named,
			account,
			address: developmentAccount(account).address,
			byHand: byHand.has(named.name),
			folder: join(folder, named.name),
			httpPort,
			gatewayPort,
		};
	});

export const portsFor = (hospitals: number, members: number): number => 2 * (1 + hospitals + members);

export const urlOf = (port: number): string => `http://127.0.0.1:${port}`;
