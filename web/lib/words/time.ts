/** Times as the dApp writes them: UTC, ISO order; local time for the hover. */

/** "2026-11-23 14:05:09 UTC" */
export const utc = (seconds: bigint): string => {
	const iso = new Date(Number(seconds) * 1000).toISOString();
	return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
};

/** In the reader's own zone and language. */
export const local = (seconds: bigint): string =>
	new Date(Number(seconds) * 1000).toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });

const UNITS = [
	["d", 86_400],
	["h", 3_600],
	["min", 60],
	["s", 1],
] as const;

/** The two largest units: "2 d 3 h", "14 min 05 s", "9 s". @param seconds not negative */
export const duration = (seconds: number): string => {
	const whole = Math.max(0, Math.round(seconds));
	const first = UNITS.findIndex(([, size]) => whole >= size);
	const unit = UNITS[first];
	if (unit === undefined) return "0 s";
	const [name, size] = unit;
	const next = UNITS[first + 1];
	const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1]);
	return next === undefined || rest === 0
		? `${Math.floor(whole / size)} ${name}`
		: `${Math.floor(whole / size)} ${name} ${rest} ${next[0]}`;
};
