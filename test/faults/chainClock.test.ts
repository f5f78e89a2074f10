/** Reorganizations as scenarios make them: other blocks, some of the transactions, and never less time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPublicClient, createWalletClient, http } from "viem";
import { foundry } from "viem/chains";
import { developmentAccount } from "../../scripts/demo/localChain.ts";
import { startChainClock } from "../support/faults/chainClock.ts";
import { startFaultNode } from "../support/faults/node.ts";

test("blocks are replaced, kept transactions mined again, and the clock goes on", async (context) => {
	const node = await startFaultNode();
	context.after(node.stop);
	if (node.rollback === undefined) {
		context.skip(`anvil could not be had: ${node.lacks}`);
		return;
	}
	const transport = http(node.rpcUrl);
	const client = createPublicClient({ chain: foundry, transport, cacheTime: 0 });
	const [one, other] = [1, 2].map((index) =>
		createWalletClient({ account: developmentAccount(index), chain: foundry, transport }),
	);
	if (one === undefined || other === undefined) return;
	await node.request("evm_setAutomine", false);
	const clock = startChainClock(node, 0n, { interval: 30, step: 2n });
	context.after(clock.stop);
	const [kept, dropped] = [
		await one.sendTransaction({ to: one.account.address }),
		await other.sendTransaction({ to: other.account.address }),
	];
	await Promise.all([kept, dropped].map((hash) => client.waitForTransactionReceipt({ hash, pollingInterval: 20 })));

	const old = await client.getBlock();
	const first = await client.getBlock({ blockNumber: 1n });
	const { blocks, dropped: lost } = await clock.reorganize({ depth: 1_000, keeps: (hash) => hash === kept });
	assert.ok(blocks >= Number(old.number) && lost === 1);
	const now = await client.getBlock();
	assert.ok(now.number > old.number && now.timestamp >= old.timestamp);
	assert.notEqual((await client.getBlock({ blockNumber: 1n })).hash, first.hash);
	assert.equal((await client.getTransactionReceipt({ hash: kept })).status, "success");
	await assert.rejects(client.getTransactionReceipt({ hash: dropped }));

	const before = await client.getBlock();
	await clock.jump(1_000n);
	const after = await client.getBlock();
	assert.ok(after.timestamp >= before.timestamp + 1_000n);
	assert.ok(after.number > before.number);
});

test("blocks of before the scenario are never taken back", async (context) => {
	const node = await startFaultNode();
	context.after(node.stop);
	if (node.rollback === undefined) {
		context.skip(`anvil could not be had: ${node.lacks}`);
		return;
	}
	for (let block = 0; block < 5; block++) await node.request("evm_mine");
	const client = createPublicClient({ transport: http(node.rpcUrl), cacheTime: 0 });
	const floor = await client.getBlock({ blockNumber: 3n });
	const clock = startChainClock(node, 3n, { interval: 1_000, step: 1n });
	assert.deepEqual(await clock.reorganize({ depth: 100, keeps: () => true }), { blocks: 2, dropped: 0 });
	assert.deepEqual(await client.getBlock({ blockNumber: 3n }), floor);
	await clock.stop();
});
