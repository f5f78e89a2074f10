/** Hardhat: compiler, networks, tests and tasks. Keys and URLs come from configuration variables (environment or `hardhat keystore`), never from here. */
import { createRequire } from "node:module";
import hardhatToolboxViem from "@nomicfoundation/hardhat-toolbox-viem";
import { configVariable, defineConfig } from "hardhat/config";
import { generateContractConstants } from "./scripts/contracts/generate.ts";
import { tasks } from "./scripts/tasks/index.ts";

const require = createRequire(import.meta.url);
const solc: { version: string } = require("solc/package.json");

// Here, so that every build, test and editor plug-in finds the constants that the contracts import.
generateContractConstants();

export default defineConfig({
	plugins: [hardhatToolboxViem],
	tasks,
	solidity: {
		compilers: [
			{
				version: solc.version,
				// The compiler that npm installed: Hardhat would download one otherwise.
				path: require.resolve("solc/soljson.js"),
				// More runs would make RoundManager too large, and an update hardly cheaper: it is precompiles, storage and events.
				settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 200 } },
			},
		],
		// Linked into RoundManager, so it needs an artifact of its own.
		npmFilesToBuild: ["poseidon-solidity/PoseidonT4.sol"],
	},
	networks: {
		localhost: {
			type: "http",
			url: configVariable("LOCALHOST_RPC_URL", { default: "http://127.0.0.1:8545" }),
			// The documented accounts of every Hardhat node: worthless anywhere else.
			accounts: { mnemonic: "test test test test test test test test test test test junk" },
		},
		sepolia: {
			type: "http",
			chainId: 11155111,
			url: configVariable("SEPOLIA_RPC_URL"),
			accounts: [configVariable("SEPOLIA_PRIVATE_KEY")],
		},
		/** Any other EVM chain. */
		custom: {
			type: "http",
			url: configVariable("CUSTOM_RPC_URL"),
			accounts: [configVariable("CUSTOM_PRIVATE_KEY")],
		},
	},
	// Deployment journals are local state, not source.
	paths: { ignition: ".data/ignition", tests: { nodejs: "test/contracts", solidity: "test/contracts" } },
	test: {
		solidity: {
			fuzz: { runs: 64 },
			// Short walks, and many: a failing one is traced step by step, which takes some 20 MB a step.
			invariant: { runs: 16, depth: 100, failOnRevert: true, shrinkRunLimit: 50 },
		},
	},
});
