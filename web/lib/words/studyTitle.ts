/** Of a study's definition the title alone, checked as far as that; worker/protocol/study.ts has the schema of all of it. */

import { isPlainText } from "../../../worker/protocol/plainText.ts";

const MOST = 200;

/** @returns undefined when the bytes are no JSON with a title as the schema wants it: one that hides characters is none */
export const titleOf = (definition: Uint8Array): string | undefined => {
	try {
		const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(definition));
		const title = typeof value === "object" && value !== null && "title" in value ? value.title : undefined;
		return typeof title === "string" && title.length >= 1 && title.length <= MOST && isPlainText(title)
			? title
			: undefined;
	} catch {
		return undefined;
	}
};
