/** Long values as people compare them: both ends. "0x1234…abcd", "bafkrei…wxyz12", "123456…654321". */
export const shorten = (value: string): string => {
	const head = value.startsWith("0x") ? 6 : 7;
	return value.length <= head + 7 ? value : `${value.slice(0, head)}…${value.slice(-4)}`;
};
