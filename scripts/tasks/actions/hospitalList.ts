/** hospital list: admitted and barred hospitals with their data sets, and committee members with their keys. */
import { readLedger } from "../../../worker/node/participant.ts";
import { taskAction } from "../support/action.ts";
import { openConnection } from "../support/network.ts";
import type { ReadArguments } from "../support/options.ts";

export default taskAction(async (args: ReadArguments, hre) => {
	const { ledger } = await readLedger(await openConnection(hre, args));
	const hospitals = [...new Set([...ledger.hospitals, ...ledger.barred])].map((hospital) => ({
		hospital,
		status: ledger.barred.has(hospital) ? "barred" : "admitted",
		datasets: [...ledger.datasets].flatMap(([studyId, datasets]) => {
			const dataset = datasets.get(hospital);
			return dataset === undefined ? [] : [{ studyId, ...dataset }];
		}),
	}));
	const members = [...ledger.members].map(([member, shareKey]) => ({ member, shareKey: shareKey ?? null }));
	return {
		json: { hospitals, members },
		lines: [
			...hospitals.flatMap(({ hospital, status, datasets }) => [
				`hospital ${hospital}  ${status}`,
				...datasets.map(
					({ studyId, sampleCount, batchCount, registeredAt }) =>
						`         study ${studyId}: ${sampleCount} samples in ${batchCount} batches, committed in block ${registeredAt}`,
				),
			]),
			...members.map(
				({ member, shareKey }) =>
					`member   ${member}  ${shareKey === null ? "no share key yet" : "share key registered"}`,
			),
			...(hospitals.length + members.length === 0 ? ["nobody is admitted yet"] : []),
		],
	};
});
