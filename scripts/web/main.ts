/** `npm run web`: builds the dApp when its sources changed, and serves it for one deployment until Ctrl-C. */
import { join } from "node:path";
import { Command } from "commander";
import { runWebCommand, whileServing } from "./command.ts";
import { serveWeb } from "./serve.ts";

const program = new Command("npm run web --").description(
	"Serves the dApp on 127.0.0.1 for one deployment: a chain, its contracts, IPFS gateways.",
);

await runWebCommand(program, async ({ config, port, folder, stop, say }) => {
	say("building the dApp, if its sources changed");
	const server = await serveWeb({ config, configFile: join(folder, "dapp.json"), port });
	process.stdout.write(`${server.url}\n`);
	say(`the dApp of ${config.roundManager} on chain ${config.chain.id}; Ctrl-C ends it`);
	return whileServing(server, stop);
});
