import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { address, headerOf } from "../../support/audit/ledgerWriter.ts";
import { dropEvent, eventOf } from "../../support/audit/runAudit.ts";
import { finalizedChain, openingOf, testTamperings } from "../../support/audit/tampering.ts";

testTamperings(finalizedChain("tampering"), [
	{
		name: "another base model commitment in the round's opening",
		tamper: (chain) => {
			openingOf(chain).baseCommitment += 1n;
		},
		id: "round.opening.base",
		code: "AUDIT_MISMATCH",
		place: { roundId: "1" },
		affected: ["round.opening.base", "round.update.segment.proof", "round.update.encryption.proof"],
	},
	{
		name: "a share key that the registry did not hold",
		tamper: (chain) => {
			const key = eventOf(chain, "ShareKeyRegistered", 1).args;
			[key.x, key.y] = [FIELD_ORDER - key.x, key.y];
		},
		id: "round.opening.committee",
		code: "AUDIT_MISMATCH",
		place: { roundId: "1" },
	},
	{
		name: "a share key that another member had registered",
		tamper: (chain) => {
			const { x, y } = eventOf(chain, "ShareKeyRegistered", 0).args;
			Object.assign(eventOf(chain, "ShareKeyRegistered", 1).args, { x, y });
		},
		id: "history.registry",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.registry", "round.opening.committee"],
	},
	{
		name: "a share key outside the subgroup, everywhere",
		tamper: (chain) => {
			// Adding the point (0, -1) of order 2 to a point negates both coordinates.
			const registered = eventOf(chain, "ShareKeyRegistered", 1).args;
			const taken = openingOf(chain).shareKeys[1] as { x: bigint; y: bigint };
			for (const key of [registered, taken]) [key.x, key.y] = [FIELD_ORDER - key.x, FIELD_ORDER - key.y];
		},
		id: "round.opening.keys",
		code: "AUDIT_MISMATCH",
		affected: ["round.opening.keys", "round.opening.keysDigest", "round.update.encryption.proof"],
	},
	{
		name: "another digest of the share keys",
		tamper: (chain) => {
			openingOf(chain).committeeKeysDigest = 7n;
		},
		id: "round.opening.keysDigest",
		code: "AUDIT_MISMATCH",
	},
	{
		name: "a committee member that was never admitted",
		tamper: (chain) => {
			openingOf(chain).committee[2] = address("stranger") as never;
			eventOf(chain, "ModelAttested", 1).args.member = address("stranger");
		},
		id: "round.opening.committee",
		code: "AUDIT_MISMATCH",
	},
	{
		name: "another expected number of updates",
		tamper: (chain) => {
			openingOf(chain).expectedUpdates = 2;
		},
		id: "history.round",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.round", "round.opening.hospitals"],
	},
	{
		name: "an expected update of a hospital that committed in the opening's own block",
		tamper: (chain) => {
			const committed = eventOf(chain, "DatasetCommitted", 2);
			const opened = chain.events.findIndex(({ name }) => name === "RoundOpened");
			const { place } = eventOf(chain, "RoundOpened");
			const { logIndex } = place;
			place.logIndex += 1;
			chain.events.splice(chain.events.indexOf(committed as never), 1);
			committed.place = { ...place, logIndex };
			committed.args.registeredAt = place.blockNumber;
			chain.events.splice(opened - 1, 0, committed as never);
		},
		id: "round.opening.hospitals",
		code: "AUDIT_MISMATCH",
		affected: ["round.opening.hospitals", "round.update.dataset"],
	},
	{
		name: "a beacon of the coordinator's choice",
		tamper: (chain) => {
			openingOf(chain).beacon ^= 1;
		},
		id: "round.opening.beacon",
		code: "AUDIT_MISMATCH",
		affected: ["round.opening.beacon", "round.update.segment.proof"],
	},
	{
		name: "a freeze before its time",
		tamper: (chain) => {
			openingOf(chain).expectedUpdates = 4;
			dropEvent(chain, eventOf(chain, "SubmissionsClosed"));
		},
		id: "round.opening.hospitals",
		code: "AUDIT_MISMATCH",
		affected: ["round.opening.hospitals", "round.timing"],
	},
	{
		name: "an update after the deadline",
		tamper: (chain) => {
			const { blockNumber } = eventOf(chain, "UpdateSubmitted", 2).place;
			chain.headers.set(blockNumber, { ...headerOf(blockNumber), timestamp: headerOf(blockNumber + 999n).timestamp });
		},
		id: "round.timing",
		code: "AUDIT_MISMATCH",
		place: { roundId: "1" },
	},
	{
		name: "a checking duration that no round may have",
		tamper: (chain) => {
			openingOf(chain).checkingDuration = 366 * 24 * 3600;
		},
		id: "round.timing",
		code: "AUDIT_MISMATCH",
		place: { roundId: "1" },
	},
	{
		name: "another end of the members' time to attest",
		tamper: (chain) => {
			eventOf(chain, "KeySumsCompleted").args.membersOnlyUntil -= 1n;
		},
		id: "round.timing",
		code: "AUDIT_MISMATCH",
	},
]);
