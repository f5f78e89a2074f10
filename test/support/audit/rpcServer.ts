/** A JSON-RPC node that serves a synthetic chain: what an auditor asks of one, and nothing else. The chain may be doctored at will. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import {
	type Abi,
	type AbiEvent,
	type AbiParameter,
	decodeFunctionData,
	encodeAbiParameters,
	encodeEventTopics,
	encodeFunctionResult,
	type Hex,
	keccak256,
	numberToHex,
	parseAbi,
	toHex,
} from "viem";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { headerOf, type SyntheticChain } from "./ledgerWriter.ts";

const ABIS: Readonly<Record<LedgerEvent["source"], Abi>> = {
	hospitalRegistry: hospitalRegistryAbi,
	modelRegistry: modelRegistryAbi,
	roundManager: roundManagerAbi,
};
const VIEWS = parseAbi([
	"function HOSPITAL_REGISTRY() view returns (address)",
	"function MODEL_REGISTRY() view returns (address)",
	"function studyCount() view returns (uint256)",
	"function modelCount() view returns (uint256)",
	"function roundCount() view returns (uint256)",
]);

/** The event as a node tells it. */
export const encodeLog = ({ deployment }: SyntheticChain, { source, name, args, place }: LedgerEvent) => {
	const abi = ABIS[source];
	const item = abi.find((candidate): candidate is AbiEvent => candidate.type === "event" && candidate.name === name);
	if (item === undefined) throw new RangeError(`no event ${name}`);
	const values = args as Readonly<Record<string, unknown>>;
	const plain = item.inputs.filter(({ indexed }) => indexed !== true) as readonly AbiParameter[];
	return {
		address: deployment[source],
		topics: encodeEventTopics({ abi: [item], eventName: name, args: values } as never),
		data: encodeAbiParameters(
			plain,
			plain.map(({ name: field }) => values[field ?? ""]),
		),
		blockNumber: numberToHex(place.blockNumber),
		blockHash: keccak256(toHex(`block ${place.blockNumber}`)),
		transactionHash: place.transactionHash,
		transactionIndex: "0x0",
		logIndex: numberToHex(place.logIndex),
		removed: false,
	};
};

/** What the contracts' views answer. */
export const callView = ({ deployment, counts }: SyntheticChain, data: Hex): Hex => {
	const { functionName } = decodeFunctionData({ abi: VIEWS, data });
	const results = {
		HOSPITAL_REGISTRY: deployment.hospitalRegistry,
		MODEL_REGISTRY: deployment.modelRegistry,
		studyCount: counts.studies,
		modelCount: counts.models,
		roundCount: counts.rounds,
	} as const;
	return encodeFunctionResult({ abi: VIEWS, functionName, result: results[functionName] } as never);
};

const answer = (chain: SyntheticChain, method: string, params: readonly unknown[]): unknown => {
	const latest = chain.events.at(-1)?.place.blockNumber ?? 0n;
	switch (method) {
		case "eth_chainId":
			return numberToHex(chain.chainId);
		case "eth_blockNumber":
			return numberToHex(latest);
		case "eth_getCode":
			return "0xfe";
		case "eth_call":
			return callView(chain, (params[0] as { data: Hex }).data);
		case "eth_getLogs": {
			const { fromBlock, toBlock } = params[0] as { fromBlock: Hex; toBlock: Hex };
			return chain.events
				.filter(({ place }) => place.blockNumber >= BigInt(fromBlock) && place.blockNumber <= BigInt(toBlock))
				.map((event) => encodeLog(chain, event));
		}
		case "eth_getBlockByNumber": {
			const number = BigInt(params[0] as Hex);
			const { timestamp, parentHash, prevRandao } = chain.headers.get(number) ?? headerOf(number);
			return {
				number: numberToHex(number),
				hash: keccak256(toHex(`block ${number}`)),
				timestamp: numberToHex(timestamp),
				parentHash,
				mixHash: prevRandao,
				transactions: [],
			};
		}
		default:
			throw new RangeError(`no method ${method}`);
	}
};

/** @returns the node's URL; it stops with the test */
export const serveChain = async (context: TestContext, chain: SyntheticChain): Promise<string> => {
	const server = createServer(async (request, response) => {
		const body: Buffer[] = [];
		for await (const chunk of request) body.push(chunk as Buffer);
		const { id, method, params = [] } = JSON.parse(Buffer.concat(body).toString("utf8"));
		response.setHeader("content-type", "application/json");
		response.end(JSON.stringify({ jsonrpc: "2.0", id, result: answer(chain, method, params) }));
	});
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	context.after(() => server.closeAllConnections());
	context.after(() => server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
