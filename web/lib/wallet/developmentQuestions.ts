/** What the development wallet asks its user, for the dialog that shows it. One question at a time, as a wallet does. */
import type { Address } from "viem";
import type { DevelopmentTransaction } from "./developmentProvider.ts";

export type Question =
	| {
			readonly kind: "choose";
			readonly accounts: readonly Address[];
			readonly answer: (account: Address | undefined) => void;
	  }
	| {
			readonly kind: "confirm";
			readonly transaction: DevelopmentTransaction;
			readonly answer: (confirmed: boolean) => void;
	  };

export const createQuestions = () => {
	let open: Question | undefined;
	const listeners = new Set<() => void>();
	const show = (question: Question | undefined): void => {
		open = question;
		for (const listener of listeners) listener();
	};
	/** A question that comes while another is open is refused. */
	const ask = <T>(refusal: T, toQuestion: (answer: (value: T) => void) => Question): Promise<T> =>
		new Promise((resolve) => {
			if (open !== undefined) {
				resolve(refusal);
				return;
			}
			show(
				toQuestion((value) => {
					show(undefined);
					resolve(value);
				}),
			);
		});
	return {
		get: (): Question | undefined => open,
		subscribe: (listener: () => void): (() => void) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		choose: (accounts: readonly Address[]) =>
			ask<Address | undefined>(undefined, (answer) => ({ kind: "choose", accounts, answer })),
		confirm: (transaction: DevelopmentTransaction) =>
			ask<boolean>(false, (answer) => ({ kind: "confirm", transaction, answer })),
	};
};

export type Questions = ReturnType<typeof createQuestions>;
