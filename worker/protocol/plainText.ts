/** Text that looks like what it is: names from a configuration, a study's file or a chain, which people compare by eye. */

/**
 * Controls, line and paragraph separators, lone surrogates; characters that reorder what stands beside them (a name could make an address or a
 * number next to it read differently); invisible ones that no script needs (two names could look the same). ZWJ and ZWNJ stay: Persian and
 * Hindi are spelt with them.
 */
const HIDDEN =
	/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u180e\u200b\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

export const isPlainText = (text: string): boolean => !HIDDEN.test(text);

export const NOT_PLAIN_TEXT = "control characters, or invisible or direction-changing ones";

/** For text that could not be refused: each such character by its number, `\u{202e}`. */
export const withVisibleCharacters = (text: string): string =>
	text.replaceAll(new RegExp(HIDDEN.source, "gu"), (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
