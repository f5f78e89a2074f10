/** The shape of the tables of custom errors: one entry for each error of an ABI, which the compiler holds them to. */
import type { Abi, ContractErrorArgs, ContractErrorName } from "viem";

export type RevertText = {
	/** What is the matter, as a heading. */
	readonly title: string;
	/** With the error's values. */
	readonly detail: string;
	readonly nextStep: string;
};

export type RevertTexts<Contract extends Abi> = {
	readonly [Name in ContractErrorName<Contract>]: (args: ContractErrorArgs<Contract, Name>) => RevertText;
};

/** What only a fault of this program, or a tampered page, can cause. */
export const REPORT = "This should not happen: report it with the transaction's values.";
