/** A program that serves a folder from a gateway's process, says where, and does nothing more: for tests that kill it. */
import { startGatewayProcess } from "../../../worker/adapters/ipfs/gatewayProcess.ts";

const { url } = await startGatewayProcess({ location: process.argv[2] ?? "" });
process.send?.(url);
