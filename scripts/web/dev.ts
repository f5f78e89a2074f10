/** `npm run dev`: the dApp with Next.js' development server, which follows changes of its sources. */
import { join } from "node:path";
import { Command } from "commander";
import { CONFIG_VARIABLE } from "../../web/lib/config/read.ts";
import { requireFreePort } from "../ports.ts";
import { startServerProcess } from "../serverProcess.ts";
import { runWebCommand, whileServing } from "./command.ts";
import { nextCommand, nextEnvironment, WEB } from "./next.ts";
import { HOST, writeDappConfig } from "./serve.ts";

const program = new Command("npm run dev --").description(
	"The dApp while it is worked on: pages are compiled when they are asked for and follow their sources.",
);

await runWebCommand(program, async ({ config, port, folder, stop }) => {
	await requireFreePort(port);
	const configFile = join(folder, "dapp.json");
	await writeDappConfig(configFile, config);
	const env = nextEnvironment("development", { [CONFIG_VARIABLE]: configFile });
	const args = nextCommand("dev", WEB, "--turbopack", "--hostname", HOST, "--port", String(port));
	return whileServing(startServerProcess(args, { env, says: "shown" }), stop);
});
