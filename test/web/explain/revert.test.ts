/** Every error of the contracts, and what wallets and nodes say, in plain words. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
	type Abi,
	type AbiParameter,
	BaseError,
	CallExecutionError,
	ExecutionRevertedError,
	encodeErrorResult,
	type Hex,
	HttpRequestError,
	InsufficientFundsError,
	pad,
	RawContractError,
	UserRejectedRequestError,
	zeroAddress,
} from "viem";
import { explainRevert, REVERT_TEXTS } from "../../../web/lib/explain/revert.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** ABIs of every study's verifiers, as they were compiled. */
const verifierAbis = (): readonly Abi[] =>
	readdirSync(join(ROOT, "artifacts/contracts/generated"), { recursive: true, encoding: "utf8" })
		.filter((path) => path.endsWith("Verifier.json"))
		.map((path) => JSON.parse(readFileSync(join(ROOT, "artifacts/contracts/generated", path), "utf8")).abi);

type AbiError = { readonly type: "error"; readonly name: string; readonly inputs: readonly AbiParameter[] };

const errorsOf = (abi: Abi): readonly AbiError[] => abi.filter((item) => item.type === "error");

const sample = ({ type }: AbiParameter): unknown => {
	if (type === "address") return zeroAddress;
	if (type === "bytes32") return pad("0x6162", { dir: "right" });
	if (type === "uint8") return 3;
	assert.match(type, /^uint/, `no sample value of ${type}`);
	return 7n;
};

const dataOf = (error: AbiError): Hex =>
	encodeErrorResult({ abi: [error], errorName: error.name, args: error.inputs.map(sample) });

/** As viem throws what a node answered to eth_call or eth_estimateGas. */
const thrown = (data: Hex | { data: Hex }) =>
	new CallExecutionError(new ExecutionRevertedError({ cause: new RawContractError({ data }) }), {});

test("every custom error of the contracts and the verifiers has its own words and a next step", () => {
	const all = [hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi, ...verifierAbis()].flatMap((abi) =>
		errorsOf(abi),
	);
	assert.ok(all.length > 70, `${all.length} errors`);
	for (const error of all) {
		const problem = explainRevert(thrown(dataOf(error)));
		assert.equal(problem.code, error.name);
		for (const text of [problem.title, problem.detail, problem.nextStep]) {
			assert.ok(text.length > 10, `${error.name}: ${text}`);
			assert.doesNotMatch(text, /undefined|NaN|\[object|__/, error.name);
		}
	}
	const names = new Set(all.map(({ name }) => name));
	for (const name of Object.keys(REVERT_TEXTS)) assert.ok(names.has(name), `${name} is no error of any contract`);
});

test("an error's values are in its words", () => {
	const [past] = errorsOf(roundManagerAbi).filter(({ name }) => name === "RoundManager__DeadlinePassed");
	assert.ok(past !== undefined);
	const data = encodeErrorResult({ abi: [past], errorName: past.name, args: [4n, 1_700_000_000n, 1_700_000_001n] });
	assert.match(explainRevert(thrown(data)).detail, /round 4 ended at 2023-11-14 22:13:20 UTC/i);
	const [range] = errorsOf(modelRegistryAbi).filter(({ name }) => name === "ModelRegistry__OutOfRange");
	assert.ok(range !== undefined);
	const field = pad("0x65706f636873", { dir: "right" });
	const outOfRange = encodeErrorResult({ abi: [range], errorName: range.name, args: [field, 0n, 1n, 64n] });
	assert.equal(explainRevert(thrown(outOfRange)).detail, "epochs is 0; allowed are 1 to 64.");
});

test("a refusal is found wherever a wallet or node has put it", () => {
	const [full] = errorsOf(roundManagerAbi).filter(({ name }) => name === "RoundManager__TooManyUpdates");
	assert.ok(full !== undefined);
	const data = dataOf(full);
	const shapes: readonly unknown[] = [
		thrown(data),
		thrown({ data }),
		{ code: -32603, message: "Internal JSON-RPC error.", data: { code: 3, message: "execution reverted", data } },
		{ code: 3, message: "execution reverted", data },
		{ code: -32000, message: "VM Exception", data: { originalError: { code: 3, data } } },
		new Error("failed", { cause: { error: { data } } }),
	];
	for (const [index, shape] of shapes.entries()) assert.equal(explainRevert(shape).code, full.name, `shape ${index}`);
});

test("what is no error of ours is said to be unknown", () => {
	assert.equal(explainRevert(thrown("0x")).code, "REVERTED");
	assert.match(explainRevert(thrown("0x12345678")).detail, /0x12345678/);
	const abi = [{ type: "error", name: "Error", inputs: [{ name: "reason", type: "string" }] }] as const;
	const reason = encodeErrorResult({ abi, errorName: "Error", args: ["no"] });
	assert.match(explainRevert(thrown(reason)).detail, /no/);
	assert.equal(explainRevert(undefined).code, "UNEXPECTED");
	assert.equal(explainRevert("text").code, "UNEXPECTED");
});

test("wallets and nodes are understood by code, name or message", () => {
	const request = { body: {}, url: "https://rpc.example/v2/secret-key" };
	const rpc = (code: number, message = "") => Object.assign(new Error(message), { code });
	const cases: readonly (readonly [unknown, string])[] = [
		[new UserRejectedRequestError(new Error("denied")), "USER_REJECTED"],
		[{ code: 4001, message: "User denied" }, "USER_REJECTED"],
		[new BaseError("outer", { cause: new UserRejectedRequestError(new Error("x")) }), "USER_REJECTED"],
		[new Error("MetaMask Tx Signature: User denied transaction signature."), "USER_REJECTED"],
		[rpc(-32002), "WALLET_BUSY"],
		[rpc(4100), "WALLET_UNAUTHORIZED"],
		[rpc(4902), "WRONG_NETWORK"],
		[rpc(4900), "WALLET_DISCONNECTED"],
		[new InsufficientFundsError({}), "INSUFFICIENT_FUNDS"],
		[rpc(-32000, "Sender doesn't have enough funds to send tx."), "INSUFFICIENT_FUNDS"],
		[new HttpRequestError(request), "NODE_UNREACHABLE"],
		[new TypeError("Failed to fetch"), "NODE_UNREACHABLE"],
		[rpc(-32000, "nonce too low"), "NONCE"],
		[new DecentraHealthError("RPC_DISAGREE", { message: "m", nextStep: "n" }), "RPC_DISAGREE"],
	];
	for (const [error, code] of cases) assert.equal(explainRevert(error).code, code, String(error));
	const shown = JSON.stringify(explainRevert(new Error(`odd answer of ${request.url}`)));
	assert.doesNotMatch(shown, /secret-key/);
});
