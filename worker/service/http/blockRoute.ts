/** Blocks that the coordinator's page publishes in the worker's own store, which serves them to everybody. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type BlockStore, MAX_BLOCK_BYTES } from "../../adapters/ipfs/blockStore.ts";
import { cidOf } from "../../adapters/ipfs/cid.ts";
import { isStudyBlock } from "../studyBlock.ts";
import { PROBLEMS, refuse } from "./problems.ts";

const TYPE = "application/octet-stream";

/** @param store undefined for roles that publish nothing: they refuse before the body is read */
export const blockRoute = (app: FastifyInstance, store: BlockStore | undefined): void => {
	// A scope of its own: no other route takes such bodies, or so large ones.
	app.register(async (scope) => {
		scope.removeAllContentTypeParsers();
		scope.addContentTypeParser(TYPE, { parseAs: "buffer" }, async (_: FastifyRequest, body: Buffer) => body);
		scope.addHook("onRequest", async (_, reply) => (store === undefined ? refuse(reply, PROBLEMS.role) : undefined));
		scope.post("/blocks", { bodyLimit: MAX_BLOCK_BYTES }, async ({ body }, reply) => {
			if (store === undefined || !Buffer.isBuffer(body)) return refuse(reply, PROBLEMS.request);
			const bytes = new Uint8Array(body);
			if (!isStudyBlock(bytes)) return refuse(reply, PROBLEMS.block);
			const digest = await store.put(bytes);
			return reply.code(201).send({ digest, cid: cidOf(digest) });
		});
	});
};
