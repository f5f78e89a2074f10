/** The opening of a round: what everybody's proofs and shares in it depend on. */
import { encodeAbiParameters, hexToBigInt, keccak256 } from "viem";
import { isInPrimeSubgroup } from "../../protocol/babyJubJub.ts";
import { committeeKeysDigest } from "../../protocol/committeeKeysDigest.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import type { ModelRecord, StudyRecord } from "../ledger/state.ts";
import { check, eventPlace, mismatch, requireEqual } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { RoundHistory } from "./replay/state.ts";
import type { Check } from "./report.ts";

const requireCommittee = ({ opening, atOpening }: RoundHistory, members: number): void => {
	const { committee, shareKeys } = opening;
	requireEqual("the committee's size", committee.length, members);
	requireEqual("the number of share keys", shareKeys.length, members);
	requireEqual("the number of different members", new Set(committee).size, members);
	requireEqual("the number of different share keys", new Set(shareKeys.map(({ x, y }) => `${x},${y}`)).size, members);
	committee.forEach((member, index) => {
		const registered = atOpening.members.get(member);
		if (!atOpening.members.has(member)) throw mismatch(`${member} was no admitted member`);
		if (registered === undefined) throw mismatch(`${member} had registered no share key`);
		requireEqual(`the share key x of ${member}`, shareKeys[index]?.x, registered.x);
		requireEqual(`the share key y of ${member}`, shareKeys[index]?.y, registered.y);
	});
};

/** uint32(uint256(keccak256(abi.encode(blockhash(block.number - 1), prevrandao, roundId)))), as RoundManager draws it. */
const expectedBeacon = async ({ getHeader }: AuditPorts, { roundId, place }: RoundHistory): Promise<number> => {
	const { parentHash, prevRandao } = await getHeader(place.blockNumber);
	const parameters = [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }] as const;
	const hash = keccak256(encodeAbiParameters(parameters, [parentHash, prevRandao, roundId]));
	return Number(hexToBigInt(hash) & 0xffff_ffffn);
};

export async function* auditOpening(
	ports: AuditPorts,
	round: RoundHistory,
	{ study, models }: { study: StudyRecord; models: readonly ModelRecord[] },
): AsyncGenerator<Check, void> {
	const { opening, atOpening, baseModelId } = round;
	const place = {
		studyId: String(round.studyId),
		roundId: String(round.roundId),
		...eventPlace(round.place),
	};
	const { members, minUpdates } = study.parameters;
	yield* check("round.opening.base", place, {
		run: () => {
			requireEqual("the base model", baseModelId, atOpening.currentModel);
			const base = models.find(({ modelId }) => modelId === baseModelId);
			requireEqual("its commitment", opening.baseCommitment, base?.commitment);
			requireEqual("its digest", opening.baseDigest, base?.digest);
		},
		detail: `model ${baseModelId}`,
	});
	yield* check("round.opening.committee", place, {
		run: () => requireCommittee(round, members),
		detail: `${members} members with the share keys that they had registered`,
	});
	yield* check("round.opening.keys", place, {
		run: () => {
			opening.shareKeys.forEach((key, index) => {
				if (!isInPrimeSubgroup(key))
					throw mismatch(`the share key of member ${index + 1} is not in the prime subgroup`);
			});
		},
		detail: "all in the prime-order subgroup",
	});
	yield* check("round.opening.keysDigest", place, {
		run: () => requireEqual("the digest", opening.committeeKeysDigest, committeeKeysDigest(opening.shareKeys)),
		detail: "recomputed from the share keys",
	});
	yield* check("round.opening.hospitals", place, {
		run: () => {
			const { committedHospitals, eligibleHospitals } = atOpening;
			if (committedHospitals < minUpdates) throw mismatch(`${committedHospitals} hospitals had committed data`);
			const expected = Math.min(eligibleHospitals, standardProfile.maxUpdates);
			requireEqual("the expected number of updates", opening.expectedUpdates, expected);
		},
		detail: `${atOpening.eligibleHospitals} hospitals had committed data in time`,
	});
	yield* check("round.opening.beacon", place, {
		run: async () => requireEqual("the beacon", opening.beacon, await expectedBeacon(ports, round)),
		detail: `${opening.beacon}`,
	});
}
