/** model show: the studies, and the lineage of their global models. */

import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { readLedger, requireStudy } from "../../../worker/node/participant.ts";
import { taskAction } from "../support/action.ts";
import { openConnection } from "../support/network.ts";
import type { ReadArguments } from "../support/options.ts";

export default taskAction(async ({ study: chosen, ...args }: ReadArguments & { readonly study: bigint }, hre) => {
	const { ledger } = await readLedger(await openConnection(hre, args));
	// Ids count from 1, so 0 can stand for "all of them".
	const records = chosen === 0n ? [...ledger.studies.values()] : [requireStudy(ledger, chosen)];
	const studies = records.map(({ studyId, parameters, trainVkHash, encryptVkHash }) => ({
		studyId,
		...parameters,
		trainVkHash,
		encryptVkHash,
		models: [...ledger.models.values()]
			.filter((model) => model.studyId === studyId)
			.map(({ modelId, parent, roundId, commitment, digest }) => ({
				modelId,
				parent,
				roundId,
				commitment,
				digest,
				cid: cidOf(digest),
			})),
	}));
	return {
		json: { studies },
		lines:
			studies.length === 0
				? ["no study was created yet"]
				: studies.flatMap(({ studyId, definitionDigest, weightCount, members, threshold, models }) => [
						`study ${studyId}: ${weightCount} weights, committee of ${members} with threshold ${threshold}, definition ${cidOf(definitionDigest)}`,
						...models.map(
							({ modelId, parent, roundId, cid }, index) =>
								`  model ${modelId}  ${roundId === 0n ? "initial" : `from model ${parent} by round ${roundId}`}  ${cid}${index === models.length - 1 ? "  (current)" : ""}`,
						),
					]),
	};
});
