/** What a served demo says when everything runs: a table for people, a line of JSON for programs. */
import { relative } from "node:path";
import Table from "cli-table3";
import type { Address } from "viem";
import { type CastMember, urlOf } from "./cast.ts";
import { tokenFile } from "./workers.ts";

export type Served = {
	readonly url: string;
	readonly rpcUrl: string;
	readonly roundManager: Address;
	readonly gateway: string;
	/** Of the archive's blocks. */
	readonly blocks: string;
	readonly cast: readonly CastMember[];
	/** Process ids, by name. */
	readonly pids: ReadonlyMap<string, number>;
	/** File to create the study from; undefined when it is there. */
	readonly studyPackage: string | undefined;
};

export type ServedEvent = {
	readonly event: "served";
	readonly url: string;
	readonly rpcUrl: string;
	readonly roundManager: Address;
	readonly gateway: string;
	readonly studyPackage?: string | undefined;
	readonly places: readonly {
		readonly name: string;
		readonly title: string;
		readonly role: CastMember["role"];
		readonly address: Address;
		readonly accountIndex: number;
		readonly byHand: boolean;
		readonly workerUrl: string;
		readonly tokenFile: string;
		readonly folder: string;
		readonly pid: number | undefined;
	}[];
};

export const servedEvent = (served: Served): ServedEvent => {
	const { url, rpcUrl, roundManager, gateway, studyPackage, cast, pids } = served;
	return {
		event: "served",
		url,
		rpcUrl,
		roundManager,
		gateway,
		studyPackage,
		places: cast.map((member) => ({
			name: member.name,
			title: member.title,
			role: member.role,
			address: member.address,
			accountIndex: member.account,
			byHand: member.byHand,
			workerUrl: urlOf(member.httpPort),
			tokenFile: tokenFile(member),
			folder: member.folder,
			pid: pids.get(member.name),
		})),
	};
};

const shown = (path: string): string => relative(process.cwd(), path);

type ChainPlaces = Pick<Served, "rpcUrl" | "roundManager" | "gateway" | "blocks">;

/** How to reach chain and blocks; scripts read these lines, so their form stays. */
export const chainText = ({ rpcUrl, roundManager, gateway, blocks }: ChainPlaces): string =>
	[
		`  chain  ${rpcUrl}   RoundManager ${roundManager}`,
		`  IPFS   ${gateway}   blocks in ${shown(blocks)}`,
		`  npm run audit -- --rpc ${rpcUrl} --address ${roundManager} --ipfs ${gateway}`,
	].join("\n");

/** @param tokens by name: for a terminal alone, never for a file. Without them the table says where they are */
export const servedText = (served: Served, tokens: ReadonlyMap<string, string> | undefined): string => {
	const table = new Table({
		head: ["participant", "development account", "wallet", "worker", tokens === undefined ? "token in" : "token"],
		style: { head: [], border: [] },
		chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
	});
	for (const member of served.cast) {
		const { title, account, address, byHand, httpPort, name } = member;
		table.push([
			title,
			`${account}  ${address}`,
			byHand ? "by hand: yours" : "signs by itself",
			urlOf(httpPort),
			tokens?.get(name) ?? shown(tokenFile(member)),
		]);
	}
	const { studyPackage } = served;
	return [
		"",
		`The dApp: ${served.url}`,
		"",
		table.toString(),
		'"By hand": connect that account in the dApp and give it the worker\'s URL and token. A token is new whenever its worker starts.',
		...(studyPackage === undefined
			? []
			: [
					`Nobody is admitted and there is no study yet: the coordinator admits, and creates it from ${shown(studyPackage)}.`,
				]),
		"still running (Ctrl-C ends it):",
		chainText(served),
		"",
	].join("\n");
};
