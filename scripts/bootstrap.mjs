// The front door: runs on any Node >= 20 with nothing installed, and starts a TypeScript program under the pinned
// Node with the locked packages. Plain JavaScript and built-in modules only, because nothing else is there yet.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_VERSION = "22.23.3";
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const toolchain = join(root, ".node");
const startedAt = Date.now();

const say = (text) =>
	process.stderr.write(`[set-up ${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s] ${text}\n`);

const fail = (code, message, nextStep) => {
	process.stderr.write(`error ${code}: ${message}\n  next: ${nextStep}\n`);
	process.exit(1);
};

/** Hardhat 3 needs >= 22.13, and TensorFlow.js' native binding calls functions that 23 removed. */
const suits = (version) => {
	const [major, minor] = version.split(".").map(Number);
	return major === 22 && minor >= 13;
};

const npm = (args, path) => {
	const child = spawnSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
		cwd: root,
		env: { ...process.env, PATH: path },
		// npm's own output would mix with a program's standard output.
		stdio: ["ignore", 2, 2],
		shell: process.platform === "win32",
	});
	return child.status === 0;
};

const nodeFor = () => {
	if (suits(process.versions.node)) return process.execPath;
	const binary = join(toolchain, "node_modules", ".bin", "node");
	const installed = () => {
		if (!existsSync(binary)) return false;
		return suits(spawnSync(binary, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout?.trim() ?? "");
	};
	if (!installed()) {
		say(`Node ${process.versions.node} is running; getting Node ${NODE_VERSION} from the npm registry`);
		mkdirSync(toolchain, { recursive: true });
		const done = npm(["install", "--prefix", toolchain, "--no-save", `node@${NODE_VERSION}`], process.env.PATH ?? "");
		if (!done || !installed()) {
			fail(
				"NODE_MISSING",
				`Node ${NODE_VERSION} could not be installed into .node/`,
				"check that the npm registry is reachable, or run this with Node 22.13 or newer (below 23)",
			);
		}
	}
	return binary;
};

const installPackages = (path) => {
	const lock = readFileSync(join(root, "package-lock.json"));
	const wanted = createHash("sha256").update(lock).update(NODE_VERSION).digest("hex");
	const stamp = join(root, "node_modules", ".installed-lock");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
	say("installing the locked packages (npm ci)");
	if (!npm(["ci"], path))
		fail("PACKAGES_MISSING", "npm ci failed", "read npm's message above; check that the npm registry is reachable");
	writeFileSync(stamp, wanted);
	say("packages are installed");
};

const [program, ...args] = process.argv.slice(2);
if (program === undefined) fail("USAGE", "no program named", "run one of the npm scripts, for example: npm run demo");
const node = nodeFor();
const path = [dirname(node), join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
installPackages(path);

const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, program), ...args], {
	cwd: root,
	stdio: "inherit",
	env: { ...process.env, PATH: path },
});
// A terminal sends Ctrl-C to the whole group, so the child has it already.
process.on("SIGINT", () => undefined);
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
