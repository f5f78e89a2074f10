/** Ports that several processes have to know before they start. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { freePorts, requireFreePort } from "../../scripts/ports.ts";
import { rejectsWithCode } from "../support/rejectsWithCode.ts";

const occupy = async (context: TestContext, port: number): Promise<void> => {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
	context.after(() => server.close());
};

test("different, free, and below those that outgoing connections get", async () => {
	const ports = await freePorts(20);
	assert.equal(new Set(ports).size, 20);
	for (const port of ports) {
		assert.ok(port >= 20_000 && port < 32_000, `${port}`);
		await requireFreePort(port);
	}
});

test("the preferred one comes first unless somebody has it", async (context) => {
	const [wanted = 0] = await freePorts(1);
	assert.equal((await freePorts(3, wanted))[0], wanted);
	await occupy(context, wanted);
	const others = await freePorts(3, wanted);
	assert.equal(others.length, 3);
	assert.ok(!others.includes(wanted));
	const { nextStep } = await rejectsWithCode(requireFreePort(wanted, "--web-port"), "PORT_IN_USE");
	assert.match(nextStep, /--web-port/);
});
