/** Server-sent events out of a byte stream: EventSource can't send a token. https://html.spec.whatwg.org/multipage/server-sent-events.html */

export type ServerSentEvent = { readonly event: string; readonly data: string };

/** A worker that sends more than this without an end of an event is none. */
const MOST_BUFFERED = 8_000_000;

/** Takes the text as it comes, in whatever pieces. @throws RangeError when an event never ends */
export const createEventParser = (onEvent: (event: ServerSentEvent) => void) => {
	let rest = "";
	let event = "";
	let data: string[] = [];

	const take = (line: string): void => {
		if (line === "") {
			if (data.length > 0) onEvent({ event: event === "" ? "message" : event, data: data.join("\n") });
			event = "";
			data = [];
			return;
		}
		const colon = line.indexOf(":");
		// A line that starts with a colon is a comment: it keeps the connection open.
		if (colon === 0) return;
		const field = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
		if (field === "event") event = value;
		if (field === "data") data.push(value);
	};

	return (text: string): void => {
		rest += text;
		if (rest.length + data.reduce((sum, { length }) => sum + length, 0) > MOST_BUFFERED)
			throw new RangeError("an event without an end");
		// A carriage return at the end may be the first half of a line's end.
		const lines = rest.split(/\r\n|\n|\r(?!$)/);
		rest = lines.pop() ?? "";
		for (const line of lines) take(line);
	};
};
