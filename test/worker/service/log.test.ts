/** Nothing secret gets into the log, by whatever door. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { createLog, type LogLevel } from "../../../worker/service/log/createLog.ts";
import type { LogFields } from "../../../worker/service/log/fields.ts";
import { formatLine } from "../../../worker/service/log/formatLine.ts";

const SECRET = "c0ffee00c0ffee00c0ffee00c0ffee00";

const recorded = (level: LogLevel = "debug") => {
	const lines: string[] = [];
	const log = createLog({ level, write: (line) => lines.push(line) });
	return { log, lines, text: () => lines.join("") };
};

/** An object that the types would refuse. */
const untyped = (fields: Readonly<Record<string, unknown>>): LogFields => fields as LogFields;

describe("the log", () => {
	it("writes one line of JSON with time, level, message and fields", () => {
		const { log, lines } = recorded();
		log.info("round 3 is Open", { round: 3, phase: "Open" });
		const { time, ...rest } = JSON.parse(lines[0] ?? "");
		assert.ok(!Number.isNaN(Date.parse(time)));
		assert.deepEqual(rest, { level: "info", round: 3, phase: "Open", msg: "round 3 is Open" });
		assert.ok(lines[0]?.endsWith("}\n"));
	});

	it("refuses fields by any other name and values that are no short text or number", () => {
		const { log, text } = recorded();
		log.info(
			"x",
			untyped({
				privateKey: SECRET,
				weights: [12345678, 2],
				row: { age: 87654321 },
				step: new Uint8Array([201, 202]),
				detail: { shareKey: SECRET },
				reason: 98765432109876543210n,
				block: [23456789],
				action: "x".repeat(5_000),
			}),
		);
		for (const value of [SECRET, "12345678", "87654321", "201", "98765432109876543210", "23456789", "xxxxx"]) {
			assert.ok(!text().includes(value), value);
		}
		const { privateKey, row, action } = JSON.parse(text());
		assert.deepEqual([privateKey, row, action], ["[hidden]", "[refused]", "[refused]"]);
	});

	it("cuts known secrets out of messages, fields and errors, also when JSON escapes them", () => {
		const { log, text } = recorded();
		const odd = 'pass"phrase\\with\nodd signs';
		for (const secret of [SECRET, odd]) log.hide(secret);
		log.warn(`sent ${SECRET}`, { detail: `token ${SECRET}`, reason: odd });
		log.failure("error", new DecentraHealthError("RPC_FAILED", { message: `with ${SECRET}`, nextStep: odd }));
		assert.ok(!text().includes(SECRET));
		assert.ok(!text().includes("odd signs"));
		assert.match(text(), /\[hidden\]/);
	});

	it("says of an unexpected error where it happened, not what a library says of it", () => {
		const { log, text } = recorded();
		log.failure("error", new TypeError(`cannot read ${SECRET}`));
		log.failure("error", SECRET);
		assert.ok(!text().includes(SECRET));
		assert.match(text(), /unexpected TypeError/);
		assert.match(text(), /log\.test\.ts/);
	});

	it("keeps an error's code and next step", () => {
		const { log, lines } = recorded();
		log.failure("warn", new DecentraHealthError("IPFS_UNREACHABLE", { message: "m", nextStep: "n" }), {
			waitSeconds: 4,
		});
		const { code, nextStep, msg, level, waitSeconds } = JSON.parse(lines[0] ?? "");
		assert.deepEqual([code, nextStep, msg, level, waitSeconds], ["IPFS_UNREACHABLE", "n", "m", "warn", 4]);
	});

	it("obeys its level, and is readable as text", () => {
		const { log, lines } = recorded("warn");
		log.debug("a");
		log.info("b");
		log.failure("warn", new DecentraHealthError("RPC_FAILED", { message: "no luck", nextStep: "wait" }), {
			step: "a b",
		});
		assert.equal(lines.length, 1);
		assert.match(
			formatLine(lines[0] ?? ""),
			/^\d\d:\d\d:\d\d warn {2}no luck {2}step="a b" {2}code=RPC_FAILED\n +next: wait\n$/,
		);
	});
});
