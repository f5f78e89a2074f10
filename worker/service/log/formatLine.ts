/** A line of the log for people: "12:34:56 info  message  name=value". */

const text = (value: unknown): string => {
	const plain = String(value);
	return /^[^\s"=]+$/.test(plain) ? plain : JSON.stringify(plain);
};

/** @param line of JSON, as createLog writes it */
export const formatLine = (line: string): string => {
	const { time, level, msg, nextStep, ...fields }: Record<string, unknown> = JSON.parse(line);
	const parts = Object.entries(fields).map(([name, value]) => `${name}=${text(value)}`);
	const head = `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${String(msg)}`;
	const next = nextStep === undefined ? "" : `\n         next: ${String(nextStep)}`;
	return `${[head, ...parts].join("  ")}${next}\n`;
};
