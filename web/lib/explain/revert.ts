/** Anything that can go wrong between a page and a mined transaction, in plain words with a next step. */
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { modelErrors } from "./modelErrors.ts";
import { registryErrors } from "./registryErrors.ts";
import { type Revert, revertOf } from "./revertData.ts";
import type { RevertText } from "./revertTexts.ts";
import { roundErrors } from "./roundErrors.ts";
import type { Problem } from "./types.ts";
import { walletProblem } from "./walletErrors.ts";

type Table = Readonly<Record<string, (args: never) => RevertText>>;

const verifierErrors = {
	Verifier__DevelopmentKeys: ([chainId]: readonly [bigint]): RevertText => ({
		title: "Development keys are not allowed on this chain",
		detail: `The verifier's keys were made on one machine, which could forge proofs; chain ${chainId} is no development chain.`,
		nextStep: "Make the proving keys in a ceremony with several contributors.",
	}),
};

/** Every custom error that our contracts and verifiers have. */
export const REVERT_TEXTS: Table = { ...registryErrors, ...modelErrors, ...roundErrors, ...verifierErrors };

const ASK_AGAIN =
	"Reload the page and look at what is due now; if it happens again, report it with the transaction's values.";

const languageText = (name: string, [value]: readonly unknown[]): RevertText =>
	name === "Panic"
		? {
				title: "The contract refused",
				detail: `It stopped with panic code ${String(value)}: a number was out of range.`,
				nextStep: ASK_AGAIN,
			}
		: { title: "The contract refused", detail: `It said: ${String(value).slice(0, 200)}`, nextStep: ASK_AGAIN };

export const explainKnownRevert = (revert: Revert): Problem => {
	if (revert.kind === "unknown") {
		return {
			title: "The contract refused",
			detail:
				revert.data === "0x"
					? "It gave no reason."
					: `Its reason is not one that this page knows: ${revert.data.slice(0, 10)}.`,
			nextStep: ASK_AGAIN,
			code: "REVERTED",
		};
	}
	const { name, args } = revert;
	// The arguments were decoded with the ABI that the table is held to.
	const text = Object.hasOwn(REVERT_TEXTS, name) ? REVERT_TEXTS[name]?.(args as never) : undefined;
	return { ...(text ?? languageText(name, args)), code: name };
};

/** Never throws; knows contracts' refusals, wallets' and nodes' errors, and the project's own. */
export const explainRevert = (error: unknown): Problem => {
	const revert = revertOf(error);
	if (revert?.kind === "known") return explainKnownRevert(revert);
	const ofWallet = walletProblem(error);
	if (ofWallet !== undefined) return ofWallet;
	if (revert !== undefined) return explainKnownRevert(revert);
	if (isDecentraHealthError(error)) {
		return { title: "This did not work", detail: error.message, nextStep: error.nextStep, code: error.code };
	}
	return {
		title: "Something unexpected happened",
		detail: error instanceof Error ? shortMessage(error) : "No reason was given.",
		nextStep: "Nothing is known to be sent. Look at your wallet's list of transactions before you try again.",
		code: "UNEXPECTED",
	};
};

/** First line, without addresses of servers, which may hold keys. */
const shortMessage = ({ message }: Error): string =>
	(message.split("\n")[0] ?? "").replaceAll(/\b(?:https?|wss?):\/\/\S+/gi, "(URL)").slice(0, 300);
