/** committee confirm: a member fetches and checks a round's bundles, keeps them, and tells the contract which ones it has. */
import { confirmAvailability, holdBundles } from "../../../worker/node/availability.ts";
import { seatOf } from "../../../worker/node/member.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { taskAction } from "../support/action.ts";
import { type MemberRoundArguments, memberRoundTask } from "../support/memberRound.ts";

export default taskAction(async (args: MemberRoundArguments, hre) => {
	// Confirming tells no secret: it need not wait for blocks on top.
	const { member, round, study } = await memberRoundTask(hre, { ...args, confirmations: "0" });
	seatOf(member, round);
	const { address } = member.transactor;
	const { roundId } = round;
	const due = round.updates.filter(({ confirmedBy }) => !confirmedBy.includes(address));
	const found = await holdBundles(member, round, study, due);
	const held = found.flatMap(({ update, bundle }) => (bundle.status === "held" ? [update] : []));
	const missing = found.flatMap(({ update: { hospital }, bundle }) => {
		if (bundle.status === "held") return [];
		if (bundle.status === "unavailable") return [{ hospital, code: bundle.error.code, problem: bundle.error.message }];
		return [{ hospital, code: "BUNDLE_MALFORMED", problem: `${bundle.problem} (round challenge removes it)` }];
	});
	const problems = missing.map(({ hospital, code, problem }) => `not confirmed: ${hospital}  ${code}: ${problem}`);
	if (held.length === 0) {
		throw new DecentraHealthError("TASK_REFUSED", {
			message: [`there is nothing to confirm in round ${roundId}`, ...problems].join("; "),
			nextStep:
				"Repeat before the checking ends (round status), or add a store that has the missing bundles to --ipfs.",
		});
	}
	const { transactionHash } = await confirmAvailability(member, round, held);
	const confirmed = held.map(({ hospital }) => hospital);
	return {
		json: { roundId, member: address, confirmed, missing, transactionHash },
		lines: [...confirmed.map((hospital) => `confirmed:     ${hospital}`), ...problems],
	};
});
