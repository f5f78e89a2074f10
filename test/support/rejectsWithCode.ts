/** Asserts on an error's stable code and that it says what to do next; returns the error for further checks. */
import assert from "node:assert/strict";
import { DecentraHealthError, type ErrorCode } from "../../worker/protocol/errors.ts";

const requireCode = (error: unknown, code: ErrorCode): DecentraHealthError => {
	if (!(error instanceof DecentraHealthError)) throw error;
	assert.equal(error.code, code, error.message);
	assert.notEqual(error.message, "");
	assert.notEqual(error.nextStep, "");
	return error;
};

export const rejectsWithCode = async (promise: Promise<unknown>, code: ErrorCode): Promise<DecentraHealthError> => {
	const outcome = await promise.then(
		() => undefined,
		(error: unknown) => ({ error }),
	);
	assert.ok(outcome !== undefined, `expected ${code}, but nothing failed`);
	return requireCode(outcome.error, code);
};

export const throwsWithCode = (action: () => unknown, code: ErrorCode): DecentraHealthError => {
	try {
		action();
	} catch (error) {
		return requireCode(error, code);
	}
	return assert.fail(`expected ${code}, but nothing failed`);
};
