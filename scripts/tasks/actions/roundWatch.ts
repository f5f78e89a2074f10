/** round watch: fetches every bundle of a round and says whether it is what its proof says. Changes nothing. */
import type { UpdateRecord } from "../../../worker/core/ledger/state.ts";
import { fetchBundle } from "../../../worker/node/bundles.ts";
import { readLedger, requireStudy } from "../../../worker/node/participant.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { taskAction } from "../support/action.ts";
import { ipfsOf, openConnection } from "../support/network.ts";
import type { ReadArguments } from "../support/options.ts";
import { requireRound } from "../support/parse.ts";
import { openReadStore } from "../support/stores.ts";

type Arguments = ReadArguments & { readonly round: bigint; readonly ipfs?: string | undefined };

export default taskAction(async ({ round: roundId, ipfs, ...args }: Arguments, hre) => {
	const connection = await openConnection(hre, args);
	const store = await openReadStore(ipfsOf(hre, ipfs));
	const { ledger } = await readLedger(connection);
	// Ids count from 1, so 0 can stand for "the newest".
	const round = requireRound(ledger, roundId === 0n ? undefined : roundId);
	const study = requireStudy(ledger, round.studyId);
	const look = async (update: UpdateRecord) => {
		try {
			const checked = await fetchBundle({ connection, store }, round, study, update);
			if (checked.status === "consistent") return { finding: "consistent", code: null, problem: null } as const;
			return { finding: "inconsistent", code: "BUNDLE_MALFORMED", problem: checked.problem } as const;
		} catch (error) {
			if (!isDecentraHealthError(error)) throw error;
			return { finding: "unavailable", code: error.code, problem: error.message } as const;
		}
	};
	const updates = await Promise.all(
		round.updates.map(async (update) => {
			const { hospital, bundleDigest, confirmedBy } = update;
			return { hospital, bundleDigest, ...(await look(update)), confirmedBy };
		}),
	);
	const { threshold } = study.parameters;
	const result = {
		json: { roundId: round.roundId, phase: round.phase, threshold, updates, excluded: round.excluded },
		lines: [
			`round ${round.roundId} (${round.phase}): ${updates.length} updates, ${threshold} confirmations make one available`,
			...updates.map(({ hospital, finding, confirmedBy, problem }) => {
				const held = `held by ${confirmedBy.length}`;
				return `${hospital}  ${finding.padEnd(12)}  ${held}${problem === null ? "" : `  ${problem}`}`;
			}),
			...round.excluded.map((hospital) => `${hospital}  excluded: too few members held its bundle`),
		],
	};
	const bad = updates.find(({ code }) => code !== null);
	if (bad?.code == null) return result;
	const failure = new DecentraHealthError(bad.code, {
		message: `the bundle of ${bad.hospital}: ${bad.problem}`,
		nextStep:
			bad.finding === "inconsistent"
				? "Remove the update with `round challenge`."
				: "Ask the hospital to serve its bundle, or add a store that has it to --ipfs.",
	});
	return { ...result, failure };
});
