/** The served demo that the browser tests of one process share. */
import { readFile } from "node:fs/promises";
import { after } from "node:test";
import { describeServed, type Served, startServed } from "./served.ts";

/** For developing tests: a file with the line of a command that serves already. */
const ALREADY = process.env.DECENTRAHEALTH_BROWSER_SERVED;
let started: ReturnType<typeof startServed> | undefined;

/** The one that the tests of this process share, started by whoever asks first. */
export const servedDemo = async (): Promise<Served> => {
	if (ALREADY !== undefined) return describeServed(JSON.parse(await readFile(ALREADY, "utf8")), () => "");
	started ??= startServed();
	return (await started).served;
};

after(async () => {
	await (await started)?.stop();
});
