"use client";

import { Button, Group, Stack, Text } from "@mantine/core";
import { allThere } from "@/lib/coordinator/creation.ts";
import { type BlockState, namedBlocks } from "@/lib/coordinator/publication.ts";
import { integer } from "@/lib/words/numbers.ts";
import { cidOf } from "../../../../worker/adapters/ipfs/cid.ts";
import { blockBytes, type PlacedPackage } from "../../../../worker/core/studyPackage.ts";
import { PlainTable } from "../../rounds/PlainTable.tsx";
import { ErrorState } from "../../states/ErrorState.tsx";
import { Hash } from "../../values/Hash.tsx";
import { Status } from "../../values/Status.tsx";
import type { useBlocks } from "./useBlocks.ts";
import { WorkerForBlocks } from "./WorkerForBlocks.tsx";

type PublishStepProps = { readonly made: PlacedPackage; readonly blocks: ReturnType<typeof useBlocks> };

const WORDS = {
	unknown: { tone: "idle", label: "Not looked for yet" },
	reading: { tone: "info", label: "Being read from the gateways" },
	there: { tone: "ok", label: "Read back, digest checked" },
	missing: { tone: "warn", label: "No gateway has it" },
	publishing: { tone: "info", label: "Being published" },
	failed: { tone: "bad", label: "Not published" },
} as const satisfies Record<BlockState["kind"], unknown>;

export const PublishStep = ({ made, blocks }: PublishStepProps) => {
	const { states, busy, publishAll, lookAgain } = blocks;
	const stateOf = (digest: string): BlockState => states.get(digest) ?? { kind: "unknown" };
	const failure = made.blocks.map(({ digest }) => stateOf(digest)).find(({ kind }) => kind === "failed");
	const done = allThere(made, states);
	return (
		<Stack gap="md">
			<Text maw="75ch">
				Everybody reads the study's definition, keys and initial model by their digests, from IPFS. Your own worker
				publishes them; they count as published only when this page has read them back from a gateway.
			</Text>
			<PlainTable
				caption="Blocks"
				head={["Block", "CID", "Bytes", "State"]}
				rows={namedBlocks(made).map(({ block, name }) => ({
					key: block.digest,
					cells: [
						name,
						<Hash key="cid" value={cidOf(block.digest)} kind="cid" />,
						integer(blockBytes(block).length),
						<Status key="state" {...WORDS[stateOf(block.digest).kind]} />,
					],
				}))}
			/>
			<div role="status">{done ? <Status tone="ok" label="All five are published" /> : null}</div>
			{failure?.kind === "failed" ? <ErrorState error={failure.problem} /> : null}
			{done ? null : (
				<>
					<WorkerForBlocks busy={busy} onPublish={publishAll} />
					<Group>
						<Button variant="default" size="xs" disabled={busy} onClick={() => void lookAgain()}>
							Look at the gateways again
						</Button>
					</Group>
				</>
			)}
		</Stack>
	);
};
