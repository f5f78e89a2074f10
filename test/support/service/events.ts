/** Server-sent events as they come. */
export type ServerEvent = { readonly event: string | undefined; readonly data: unknown };

export async function* eventsOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent, void> {
	let text = "";
	for await (const chunk of stream) {
		text += Buffer.from(chunk).toString("utf8");
		for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
			const lines = text.slice(0, end).split("\n");
			const fields = new Map(
				lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
			);
			text = text.slice(end + 2);
			// A comment has no data.
			if (fields.has("data")) yield { event: fields.get("event"), data: JSON.parse(fields.get("data") ?? "null") };
		}
	}
}
