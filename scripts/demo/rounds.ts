/** Drives the rounds: every participant looks at the chain and does what is due, exactly as its long-running worker would. */
import { activeRound, type RoundRecord } from "../../worker/core/ledger/state.ts";
import { memberStep } from "../../worker/node/committee.ts";
import { coordinatorStep } from "../../worker/node/coordinator.ts";
import { hospitalStep } from "../../worker/node/hospital.ts";
import { readLedger } from "../../worker/node/participant.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import type { DemoConsortium } from "./consortium.ts";
import type { View } from "./view.ts";

/** Generous: the local chain's clock follows the wall clock. */
const DURATIONS = { submission: 3600, checking: 3600, attestation: 3600 };

/** Failures to play in a round. */
export type Absence = {
	/** Index of the hospital whose worker stops for ever after its submission, and its store once the set is frozen. */
	readonly hospitalVanishes?: number;
	/** Index of the committee member that never answers. */
	readonly memberSilent?: number;
};

const roundOf = async (consortium: DemoConsortium, roundId: bigint): Promise<RoundRecord> => {
	const { ledger } = await readLedger(consortium.coordinator.connection);
	const round = ledger.rounds.get(roundId);
	if (round === undefined) throw new RangeError(`round ${roundId} is not on the chain`);
	return round;
};

/** Opens a round and runs it to its end. @throws DecentraHealthError ROUND_STUCK when nobody has anything left to do */
export const runRound = async (
	consortium: DemoConsortium,
	view: View,
	{ hospitalVanishes, memberSilent }: Absence = {},
): Promise<RoundRecord> => {
	const { coordinator, hospitals, members, studyId, study, stores } = consortium;
	const pool = members.map(({ transactor }) => transactor.address);
	const opening = await coordinatorStep(coordinator, { studyId, pool, durations: DURATIONS });
	const roundId = activeRound((await readLedger(coordinator.connection)).ledger, studyId)?.roundId;
	if (roundId === undefined) {
		throw new DecentraHealthError("ROUND_STUCK", {
			message: `no round can be opened: ${opening.kind === "wait" ? opening.reason : opening.kind}`,
			nextStep: "Read the steps above.",
		});
	}
	const vanished = new Set<number>();
	let phase: RoundRecord["phase"] = "Open";
	for (;;) {
		let acted = false;
		for (const [index, hospital] of hospitals.entries()) {
			if (vanished.has(index)) continue;
			const action = await hospitalStep(hospital, studyId, study);
			acted ||= action.kind !== "wait";
			if (index === hospitalVanishes && action.kind === "submitUpdate") {
				vanished.add(index);
				view.say(
					`hospital-${index + 1}   has submitted and vanishes: its worker does nothing more, and nothing more is asked of it`,
				);
			}
		}
		for (const [index, member] of members.entries()) {
			if (index === memberSilent) continue;
			const action = await memberStep(member, studyId);
			acted ||= action.kind !== "wait";
		}
		const round = await roundOf(consortium, roundId);
		if (round.phase !== phase) {
			view.say(`round ${roundId}: ${phase} -> ${round.phase}`);
			phase = round.phase;
			if (phase === "Frozen" && hospitalVanishes !== undefined) {
				await stores.withdraw(`hospital-${hospitalVanishes + 1}`);
				view.say(
					`hospital-${hospitalVanishes + 1}   is off the network, its store with it; the members keep its bundle`,
				);
			}
		}
		if (round.phase === "Finalized" || round.phase === "Failed") return round;
		if (!acted) {
			throw new DecentraHealthError("ROUND_STUCK", {
				message: `round ${roundId} is ${round.phase} and nobody has anything to do`,
				nextStep: "Fail the round after its deadline and open the next one.",
			});
		}
	}
};
