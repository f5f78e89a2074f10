import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AbiParameter } from "viem";
import { eventWords } from "../../../web/lib/words/event.ts";
import { namesFrom } from "../../../web/lib/words/names.ts";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { address } from "../../support/audit/ledgerWriter.ts";

/** A value of the type, as viem decodes it. */
const sample = (parameter: AbiParameter): unknown => {
	const array = /^(.*)\[(\d*)\]$/.exec(parameter.type);
	if (array !== null) {
		const [, type = "", length = ""] = array;
		return Array.from({ length: Number(length || 2) }, () => sample({ ...parameter, type }));
	}
	if (parameter.type === "tuple" && "components" in parameter) {
		return Object.fromEntries(parameter.components.map((component) => [component.name, sample(component)]));
	}
	if (parameter.type === "address") return address(parameter.name ?? "");
	if (parameter.type.startsWith("bytes")) return `0x${"ab".repeat(32)}`;
	const bits = Number(parameter.type.slice("uint".length));
	return bits <= 48 ? 2 : 2n;
};

const ABIS = {
	hospitalRegistry: hospitalRegistryAbi,
	modelRegistry: modelRegistryAbi,
	roundManager: roundManagerAbi,
} as const;

const place = { blockNumber: 1n, transactionHash: "0x01", logIndex: 0 } as const;

const events = Object.entries(ABIS).flatMap(([source, abi]) =>
	abi.flatMap((item) =>
		item.type === "event"
			? [
					{
						source,
						name: item.name,
						args: Object.fromEntries(item.inputs.map((input) => [input.name, sample(input)])),
						place,
					} as unknown as LedgerEvent,
				]
			: [],
	),
);

const nameOf = namesFrom({});

describe("words of events", () => {
	it("no event of the interfaces is without words of its own", () => {
		assert.ok(events.length >= 22, `${events.length} events`);
		const texts = new Set<string>();
		for (const event of events) {
			const words = eventWords(event, { nameOf, siblings: [event] });
			assert.ok(words !== undefined, `${event.source}.${event.name} has no words`);
			assert.match(words.text, /^[A-Z0]/, event.name);
			assert.doesNotMatch(words.text, /undefined|NaN|\[object|\.$/, event.name);
			texts.add(words.text);
		}
		assert.equal(texts.size, events.length, "two events read the same");
	});

	it("names participants, without the note in brackets where that is clear", () => {
		const [anna, bern, other] = [address("anna"), address("bern"), address("other")];
		const names = namesFrom({
			[anna]: "St. Anna (hospital 1)",
			[bern]: "Inselspital (Bern)",
			[other]: "Inselspital (Thun)",
		});
		assert.equal(names(anna), "St. Anna");
		assert.equal(names(anna.toLowerCase() as typeof anna), "St. Anna");
		assert.equal(names(bern), "Inselspital (Bern)");
		const unknown = address("unknown");
		assert.equal(names(unknown), `${unknown.slice(0, 6)}…${unknown.slice(-4)}`);
	});
});
