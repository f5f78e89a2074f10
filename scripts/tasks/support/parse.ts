/** Task arguments that are more than text. */
import { type Address, getAddress, isAddress } from "viem";
import type { Ledger, RoundRecord, UpdateRecord } from "../../../worker/core/ledger/state.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { isFieldElement } from "../../../worker/protocol/field.ts";

export const parseAddress = (text: string, what: string): Address => {
	if (isAddress(text)) return getAddress(text);
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: `the ${what} "${text}" is not an Ethereum address`,
		nextStep: "Give 0x and 40 hexadecimal digits, with a right checksum if in mixed case.",
	});
};

/** A decimal number in [0, r). */
export const parseFieldElement = (text: string, what: string): bigint => {
	const value = /^[0-9]{1,78}$/.test(text) ? BigInt(text) : undefined;
	if (value !== undefined && isFieldElement(value)) return value;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: `the ${what} "${text}" is not a decimal number below the field order`,
		nextStep: "Copy it as `round status` prints it.",
	});
};

/** A comma-separated list. */
export const parseAddresses = (text: string, what: string): readonly Address[] =>
	text.split(",").map((part) => parseAddress(part.trim(), what));

/** The round of that id; the newest without one. @throws CONFIG_INVALID when there is none */
export const requireRound = (ledger: Ledger, roundId: bigint | undefined): RoundRecord => {
	const round = roundId === undefined ? [...ledger.rounds.values()].at(-1) : ledger.rounds.get(roundId);
	if (round !== undefined) return round;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: roundId === undefined ? "no round was opened yet" : `there is no round ${roundId} on this chain`,
		nextStep:
			ledger.rounds.size === 0
				? "Open the first one with `round open`."
				: `Rounds count from 1 to ${ledger.rounds.size}; \`round open\` makes the next one.`,
	});
};

/** A hospital's live update of the round. @throws TASK_REFUSED when it has none */
export const requireUpdate = ({ roundId, updates }: RoundRecord, hospital: Address): UpdateRecord => {
	const update = updates.find((other) => other.hospital === hospital);
	if (update !== undefined) return update;
	throw new DecentraHealthError("TASK_REFUSED", {
		message: `${hospital} has no update in round ${roundId}`,
		nextStep: "Name a hospital that `round status` lists with an update.",
	});
};
