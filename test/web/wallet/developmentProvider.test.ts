/** The wallet of development chains: what it asks its user, and what it refuses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "viem";
import { createDevelopmentProvider, type DevelopmentTransaction } from "../../../web/lib/wallet/developmentProvider.ts";
import { createWalletPort } from "../../../web/lib/wallet/walletPort.ts";
import { ALICE, fakeStorage } from "../../support/web/fakeChain.ts";

const BOB: Address = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const HASH = `0x${"12".repeat(32)}`;

const stage = ({ connects = true, confirmed = true } = {}) => {
	const calls: { method: string; params: unknown }[] = [];
	const shown: DevelopmentTransaction[] = [];
	const storage = fakeStorage();
	const open = () =>
		createDevelopmentProvider({
			rpc: async (method, params) => {
				calls.push({ method, params });
				if (method === "eth_accounts") return [ALICE.toLowerCase(), BOB.toLowerCase()];
				return method === "eth_chainId" ? "0x7a69" : HASH;
			},
			choose: async () => (connects ? ALICE : undefined),
			confirm: async (transaction) => {
				shown.push(transaction);
				return confirmed;
			},
			storage,
		});
	return { open, calls, shown, storage };
};

const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		() => assert.fail("not refused"),
		(error: { code?: unknown }) => error.code,
	);

test("no account before the user chose one, and the same after a reload", async () => {
	const { open } = stage();
	const provider = open();
	assert.deepEqual(await provider.request({ method: "eth_accounts" }), []);
	const told: unknown[] = [];
	provider.on("accountsChanged", (accounts) => told.push(accounts));
	assert.deepEqual(await provider.request({ method: "eth_requestAccounts" }), [ALICE]);
	assert.deepEqual(told, [[ALICE]]);
	const reloaded = open();
	assert.deepEqual(await reloaded.request({ method: "eth_accounts" }), [ALICE]);
	await reloaded.request({ method: "wallet_revokePermissions" });
	assert.deepEqual(await reloaded.request({ method: "eth_accounts" }), []);
});

test("the user may decline to connect", async () => {
	const { open, storage } = stage({ connects: false });
	assert.equal(await codeOf(open().request({ method: "eth_requestAccounts" })), 4001);
	assert.equal(storage.items.size, 0);
});

test("a transaction is shown before it is sent, and sent as it was shown", async () => {
	const { open, calls, shown } = stage();
	const provider = open();
	await provider.request({ method: "eth_requestAccounts" });
	const port = createWalletPort(provider as never, ALICE);
	assert.equal(await port.chainId(), 31337);
	assert.deepEqual(await port.accounts(), [ALICE]);
	assert.equal(await port.send({ from: ALICE, to: BOB, data: "0x1234", gas: 100n, chainId: 31337 }), HASH);
	assert.deepEqual(shown, [{ from: ALICE, to: BOB, data: "0x1234", gas: "0x64" }]);
	const sent = calls.find(({ method }) => method === "eth_sendTransaction");
	assert.deepEqual(sent?.params, [{ from: ALICE, to: BOB, data: "0x1234", gas: "0x64" }]);
});

test("what it is not for is refused and never reaches the node", async () => {
	const { open, calls } = stage({ confirmed: false });
	const provider = open();
	await provider.request({ method: "eth_requestAccounts" });
	const transaction = { from: ALICE, to: BOB, data: "0x" };
	const send = (params: unknown) => provider.request({ method: "eth_sendTransaction", params });
	assert.equal(await codeOf(send([transaction])), 4001, "rejected by the user");
	assert.equal(await codeOf(send([{ ...transaction, from: BOB }])), 4100, "an account that is not connected");
	assert.equal(await codeOf(send([{ ...transaction, value: "0x1" }])), -32602, "ether");
	assert.equal(await codeOf(send([])), -32602);
	for (const method of ["personal_sign", "eth_sign", "eth_signTypedData_v4", "hardhat_impersonateAccount", "evm_mine"])
		assert.equal(await codeOf(provider.request({ method, params: [] })), 4200, method);
	const other = [{ chainId: "0x1" }];
	assert.equal(await codeOf(provider.request({ method: "wallet_switchEthereumChain", params: other })), 4902);
	const same = [{ chainId: "0x7a69" }];
	assert.equal(await provider.request({ method: "wallet_switchEthereumChain", params: same }), null);
	assert.deepEqual([...new Set(calls.map(({ method }) => method))].sort(), ["eth_accounts", "eth_chainId"]);
});

test("a wallet's odd answers are no hashes, accounts or chains", async () => {
	const answers = (value: unknown) => createWalletPort({ request: async () => value } as never, ALICE);
	await assert.rejects(answers("0x12").send({ from: ALICE, to: BOB, data: "0x", gas: 1n, chainId: 1 }));
	await assert.rejects(answers(null).send({ from: ALICE, to: BOB, data: "0x", gas: 1n, chainId: 1 }));
	await assert.rejects(answers("mainnet").chainId());
	assert.deepEqual(await answers(["nobody", BOB.toLowerCase()]).accounts(), [BOB]);
});

test("a wallet is told for which chain it signs, and one that was switched to another refuses", async () => {
	const asked: { readonly method: string; readonly params?: unknown }[] = [];
	const request = async (one: { readonly method: string; readonly params?: unknown }) => {
		asked.push(one);
		return HASH;
	};
	await createWalletPort({ request } as never, ALICE).send({
		from: ALICE,
		to: BOB,
		data: "0x12",
		gas: 1n,
		chainId: 11_155_111,
	});
	assert.deepEqual(asked[0]?.params, [{ from: ALICE, to: BOB, data: "0x12", gas: "0x1", chainId: "0xaa36a7" }]);
	const { open, calls } = stage();
	const provider = open();
	await provider.request({ method: "eth_requestAccounts" });
	const port = createWalletPort(provider as never, ALICE);
	assert.equal(await codeOf(port.send({ from: ALICE, to: BOB, data: "0x12", gas: 1n, chainId: 1 })), 4901);
	assert.ok(!calls.some(({ method }) => method === "eth_sendTransaction"));
});
