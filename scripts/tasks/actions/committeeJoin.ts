/** committee join: an admitted member registers its share key, making its keystore if there is none. */

import { openShareKey } from "../../../worker/node/folders.ts";
import { registerShareKey } from "../../../worker/node/member.ts";
import { readLedger } from "../../../worker/node/participant.ts";
import { publicKeyOf } from "../../../worker/protocol/babyJubJub.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { taskAction } from "../support/action.ts";
import type { WriteArguments } from "../support/options.ts";
import { openWorker } from "../support/worker.ts";

export default taskAction(async (args: WriteArguments, hre) => {
	const worker = await openWorker(hre, args);
	const { address: member } = worker.transactor;
	const { ledger, blockNumber: decidedAt } = await readLedger(worker.connection);
	// Before a keystore is made.
	if (!ledger.members.has(member)) {
		throw new DecentraHealthError("NOT_A_MEMBER", {
			message: `${member} is not an admitted committee member`,
			nextStep: "Ask the coordinator to admit this wallet (committee admit).",
		});
	}
	const shareKey = await openShareKey(worker);
	const { x, y } = publicKeyOf(shareKey);
	const registered = ledger.members.get(member);
	const isRegistered = registered?.x === x && registered.y === y;
	const receipt = isRegistered ? undefined : await registerShareKey({ ...worker, shareKey }, { decidedAt });
	return {
		json: { member, shareKey: { x, y }, transactionHash: receipt?.transactionHash ?? null },
		lines: [
			receipt === undefined
				? `the share key of ${member} is registered already`
				: `the share key of ${member} is registered; rounds opened from now on can seat it`,
			`the secret key is in the keystore in ${worker.folder}: keep it until the last of those rounds has ended`,
		],
	};
});
