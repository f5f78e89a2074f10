/**
 * Most gas that a call of the contracts is signed for: at least 1.5 times what test/contracts/gas.json measured, for call data and states that no
 * measurement had. test/worker/core/gasLimit.test.ts compares them.
 */

type Limit = {
	readonly once: bigint;
	/** For each item of the argument at `at`, a list. */
	readonly each?: bigint;
	readonly at?: number;
};

const LIMITS: Readonly<Record<string, Limit>> = {
	submitUpdate: { once: 1_100_000n, each: 130_000n, at: 2 },
	confirmAvailability: { once: 150_000n, each: 60_000n, at: 1 },
	// 64 updates, which its arguments do not tell.
	freeze: { once: 1_500_000n },
	postKeySum: { once: 800_000n, each: 200_000n, at: 3 },
	attest: { once: 300_000n },
	// 7 members and 2,048 weights, which its arguments do not tell.
	challengeUpdate: { once: 3_000_000n },
	openRound: { once: 500_000n, each: 250_000n, at: 1 },
};

/** Admissions, registrations, commitments, studies. */
const OTHERS: Limit = { once: 1_500_000n };

export const gasLimitOf = (call: { readonly functionName: string; readonly args: readonly unknown[] }): bigint => {
	const { once, each = 0n, at } = LIMITS[call.functionName] ?? OTHERS;
	const items = at === undefined ? undefined : call.args[at];
	return once + each * BigInt(Array.isArray(items) ? items.length : 0);
};
