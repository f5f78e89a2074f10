/** A transaction's way from the button to the block: what stops it before the wallet is asked, and what is noticed after it was sent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeErrorResult, RawContractError, UserRejectedRequestError } from "viem";
import { explanation } from "../../../web/lib/explain/words.ts";
import { createSentMemory } from "../../../web/lib/wallet/memory.ts";
import type { SendPorts, WalletPort } from "../../../web/lib/wallet/ports.ts";
import { createSendStore } from "../../../web/lib/wallet/sendStore.ts";
import type { SendState } from "../../../web/lib/wallet/state.ts";
import { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { ALICE, fakeChain, fakeClock, fakeStorage } from "../../support/web/fakeChain.ts";

const CALL = { to: "0x00000000000000000000000000000000000000c1", data: "0x1234" } as const;
const KEY = "submit-1";
const explained = explanation({ title: "A call", sentences: [], facts: [] });

const stage = (walletOverrides: Partial<WalletPort> = {}) => {
	const chain = fakeChain();
	const clock = fakeClock();
	const storage = fakeStorage();
	const ports: SendPorts = {
		chain: chain.port,
		wallet: chain.wallet(walletOverrides),
		network: { id: 31337, name: "Test chain" },
		explain: () => explained,
	};
	const open = () => {
		const store = createSendStore({ memory: createSentMemory(storage), clock });
		const states: SendState[] = [];
		store.subscribe(() => states.push(store.get(KEY)));
		const phases = () => states.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1]);
		return { store, phases };
	};
	return { chain, clock, storage, ports, open };
};

const codeOf = (state: SendState): string => {
	assert.equal(state.phase, "failed");
	return state.problem.code;
};

const revert = (errorName: "RoundManager__NotHospital" | "RoundManager__UpdateProofInvalid") => {
	const data =
		errorName === "RoundManager__NotHospital"
			? encodeErrorResult({ abi: roundManagerAbi, errorName, args: [ALICE] })
			: encodeErrorResult({ abi: roundManagerAbi, errorName });
	return new RawContractError({ data });
};

test("checking, signing, pending, confirmed; then nothing is kept", async () => {
	const { chain, clock, storage, ports, open } = stage();
	const { store, phases } = open();
	clock.at(5_000, () => {
		assert.equal(storage.items.size, 1);
		chain.mine();
	});
	await store.send(KEY, CALL, ports);
	assert.deepEqual(phases(), ["checking", "signing", "pending", "confirmed"]);
	const state = store.get(KEY);
	assert.ok(state.phase === "confirmed" && state.gasUsed === 81_000n && state.blockNumber === 11n);
	assert.equal(storage.items.size, 0);
	assert.deepEqual(chain.asked, { estimates: 1, signatures: 1 });
});

/** The ports stay, the chain behind them was changed. */
const unchanged = (_: unknown): Partial<SendPorts> => ({});

test("what must not be signed never reaches the wallet", async () => {
	const other = "0x00000000000000000000000000000000000000a2" as const;
	const cases: readonly (readonly [string, (stage: ReturnType<typeof fakeChain>) => Partial<SendPorts>])[] = [
		["NOT_CONNECTED", () => ({ wallet: undefined })],
		["UNEXPLAINED", () => ({ explain: () => undefined })],
		["WRONG_NETWORK", (chain) => ({ wallet: chain.wallet({ chainId: async () => 1 }) })],
		["WRONG_ACCOUNT", (chain) => ({ wallet: chain.wallet({ accounts: async () => [other] }) })],
		["INSUFFICIENT_FUNDS", (chain) => unchanged(chain.setBalance(129_999_999_999_999n))],
		["RoundManager__NotHospital", (chain) => unchanged(chain.refuse(revert("RoundManager__NotHospital")))],
		["NODE_UNREACHABLE", (chain) => unchanged(chain.fail(new TypeError("Failed to fetch")))],
	];
	for (const [code, change] of cases) {
		const { chain, ports, open } = stage();
		const { store, phases } = open();
		await store.send(KEY, CALL, { ...ports, ...change(chain) });
		assert.equal(codeOf(store.get(KEY)), code);
		assert.deepEqual(phases(), ["checking", "failed"], code);
		assert.equal(chain.asked.signatures, 0, code);
	}
	const { chain, clock, ports, open } = stage();
	chain.setBalance(130_000_000_000_000n);
	clock.at(1, chain.mine);
	const { store } = open();
	await store.send(KEY, CALL, ports);
	assert.equal(store.get(KEY).phase, "confirmed", "a balance that is just enough");
});

test("a rejected signature is said so, and it can be tried again", async () => {
	let rejections = 1;
	const { chain, clock, storage, ports, open } = stage({
		send: async ({ data }) => {
			if (rejections-- > 0) throw new UserRejectedRequestError(new Error("no"));
			return chain.add(CALL.to, data);
		},
	});
	const { store } = open();
	await store.send(KEY, CALL, ports);
	assert.equal(codeOf(store.get(KEY)), "USER_REJECTED");
	assert.equal(storage.items.size, 0);
	clock.at(1_000, chain.mine);
	await store.send(KEY, CALL, ports);
	assert.equal(store.get(KEY).phase, "confirmed");
});

test("a second click sends nothing more", async () => {
	const { chain, clock, ports, open } = stage();
	const { store } = open();
	clock.at(3_000, chain.mine);
	await Promise.all([store.send(KEY, CALL, ports), store.send(KEY, CALL, ports)]);
	assert.equal(chain.asked.signatures, 1);
});

test("a reload goes on watching", async () => {
	const { chain, clock, ports, open } = stage();
	const { store } = open();
	const before = store.send(KEY, CALL, ports);
	while (store.get(KEY).phase !== "pending") await new Promise((resolve) => setImmediate(resolve));
	const reloaded = open().store;
	assert.equal(reloaded.get(KEY).phase, "idle");
	reloaded.resume(KEY, chain.port);
	assert.equal(reloaded.get(KEY).phase, "pending");
	clock.at(4_000, chain.mine);
	while (reloaded.get(KEY).phase === "pending") await new Promise((resolve) => setImmediate(resolve));
	assert.equal(reloaded.get(KEY).phase, "confirmed");
	await before;
});

test("a mined transaction that the contract refused says why", async () => {
	const { chain, clock, ports, open } = stage();
	chain.refuseReplay(revert("RoundManager__UpdateProofInvalid"));
	clock.at(2_000, () => chain.mine({ succeeded: false }));
	const { store } = open();
	await store.send(KEY, CALL, ports);
	const state = store.get(KEY);
	assert.equal(codeOf(state), "RoundManager__UpdateProofInvalid");
	assert.ok(state.phase === "failed" && state.hash !== undefined);
	chain.refuseReplay(undefined);
	clock.at(2_000, () => chain.mine({ succeeded: false }));
	await store.send(KEY, CALL, ports);
	assert.equal(codeOf(store.get(KEY)), "REVERTED");
});

test("a transaction that was sped up is followed to its end", async () => {
	const { chain, clock, ports, open } = stage();
	const { store } = open();
	clock.at(5_000, () => chain.mine({ hash: chain.add(CALL.to, CALL.data, 0) }));
	await store.send(KEY, CALL, ports);
	assert.equal(store.get(KEY).phase, "confirmed");
});

test("a cancelled transaction is noticed", async () => {
	const { chain, clock, ports, open } = stage();
	const { store } = open();
	clock.at(5_000, () => chain.mine({ hash: chain.add(ALICE, "0x", 0) }));
	await store.send(KEY, CALL, ports);
	assert.equal(codeOf(store.get(KEY)), "REPLACED");
});

test("a lost transaction is noticed after two minutes, a silent node is waited for", async () => {
	const { chain, clock, storage, ports, open } = stage();
	const { store } = open();
	const sentAt = clock.now();
	clock.at(5_000, () => {
		const [item] = storage.items.values();
		chain.drop(JSON.parse(item ?? "").hash);
	});
	clock.at(20_000, () => chain.fail(new TypeError("Failed to fetch")));
	clock.at(300_000, () => chain.fail(undefined));
	await store.send(KEY, CALL, ports);
	assert.equal(codeOf(store.get(KEY)), "DROPPED");
	assert.ok(clock.now() - sentAt > 400_000);
	assert.equal(storage.items.size, 0);
});

test("what is in the storage is checked, and one that is full does no harm", () => {
	const storage = fakeStorage();
	const memory = createSentMemory({
		...storage,
		setItem: () => {
			throw new Error("QuotaExceededError");
		},
	});
	memory.put(KEY, {
		hash: `0x${"1".repeat(64)}`,
		since: 1,
		from: ALICE,
		callDigest: `0x${"2".repeat(64)}`,
		block: "1",
	});
	for (const text of ["{", "{}", '{"hash":"0x12"}', "null"]) {
		storage.setItem("decentrahealth/transaction/submit-1", text);
		assert.equal(memory.get(KEY), undefined, text);
	}
	assert.equal(createSentMemory(undefined).get(KEY), undefined);
});
