/** The program's version, from package.json: worker and page have to be of the same. */
import manifest from "../../../package.json" with { type: "json" };

export const DAPP_VERSION: string = manifest.version;
