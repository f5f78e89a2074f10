/** What a wallet may be asked to sign by its worker, by the names of the contracts' functions: the worker's API and its pages. */
export const OFFERED_ACTIONS = [
	"commitDataset",
	"submitUpdate",
	"freeze",
	"fail",
	"registerShareKey",
	"confirmAvailability",
	"challengeUpdate",
	"postKeySum",
	"attest",
	"attestAsHospital",
	"openRound",
	"admitHospital",
	"admitMember",
] as const;
export type OfferedAction = (typeof OFFERED_ACTIONS)[number];
