/** Runs before anything else of the dApp's does in a browser. */
import "./lib/security/noEval.ts";
