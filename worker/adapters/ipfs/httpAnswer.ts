/** What is taken from a gateway's or a node's answer: bounded bytes, its status, and how long it asks to be left alone. Never its words. */

/** Cause of an error that an answer's status led to. */
export class AnswerStatus extends Error {
	override readonly name = "AnswerStatus";
	readonly status: number;
	/** Milliseconds that the server asks to wait before the next request. */
	readonly retryAfter: number | undefined;

	constructor({ status, headers }: Pick<Response, "status" | "headers">, now = Date.now()) {
		super(`HTTP ${status}`);
		this.status = status;
		this.retryAfter = millisecondsOf(headers.get("retry-after"), now);
	}
}

/** Milliseconds that the server behind this error asked to wait, if it did. */
export const retryAfterOf = (error: unknown): number | undefined =>
	error instanceof Error && error.cause instanceof AnswerStatus ? error.cause.retryAfter : undefined;

const FIRST_BUFFER = 2 ** 16;

/** The body, or "too large" as soon as more than `limit` bytes have come. Never keeps more than twice the limit, however small the chunks are. */
export const readBounded = async (response: Response, limit: number): Promise<Uint8Array | "too large"> => {
	if (Number(response.headers.get("content-length") ?? 0) > limit) {
		await response.body?.cancel();
		return "too large";
	}
	let buffer = new Uint8Array(Math.min(FIRST_BUFFER, limit));
	let length = 0;
	const reader = response.body?.getReader();
	for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
		const end = length + next.value.length;
		if (end > limit) {
			await reader?.cancel();
			return "too large";
		}
		if (end > buffer.length) {
			const larger = new Uint8Array(Math.min(limit, Math.max(end, 2 * buffer.length)));
			larger.set(buffer.subarray(0, length));
			buffer = larger;
		}
		buffer.set(next.value, length);
		length = end;
	}
	return buffer.slice(0, length);
};

/** The media type without its parameters, in lower case; "" without one. */
export const mediaType = ({ headers }: Pick<Response, "headers">): string =>
	(headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

/** A system's code for a failed connection, such as ECONNREFUSED; nothing else of the error, which may quote what came. */
export const networkCode = (error: unknown): string | undefined => {
	for (let at = error; at instanceof Error; at = at.cause) {
		if ("code" in at && typeof at.code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(at.code)) return at.code;
	}
	return undefined;
};

const millisecondsOf = (header: string | null, now: number): number | undefined => {
	const text = header?.trim() ?? "";
	if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000;
	const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};
