"use client";

import { Button, Group, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { useId, useMemo } from "react";
import type { LedgerSnapshot } from "@/lib/chain/ledger.tsx";
import { useChainTime } from "@/lib/chain/ledger.tsx";
import { ACT_NAMES, type Act, type ActName, roundActs } from "@/lib/coordinator/acts.ts";
import { actCall } from "@/lib/coordinator/calls.ts";
import { useReceipts } from "@/lib/receipts.ts";
import { phaseWords } from "@/lib/words/standing.ts";
import { isAvailable, type RoundRecord, type StudyRecord } from "../../../../worker/core/ledger/state.ts";
import { Section } from "../../layout/Section.tsx";
import { Countdown } from "../../values/Countdown.tsx";
import { Facts } from "../../values/Facts.tsx";
import { Status } from "../../values/Status.tsx";
import { When } from "../../values/When.tsx";
import { Signing } from "../Signing.tsx";

type RoundCardProps = {
	readonly snapshot: LedgerSnapshot;
	readonly round: RoundRecord;
	readonly study: StudyRecord;
	/** Under review. */
	readonly open: ActName | undefined;
	readonly onOpen: (name: ActName | undefined) => void;
};

const BUTTONS: Readonly<Record<ActName, string>> = {
	freeze: "Freeze the set of updates",
	fail: "Fail the round",
	cancel: "Cancel the round",
	close: "Close the study for good",
};

const ActRow = ({ name, act, onOpen }: { readonly name: ActName; readonly act: Act; readonly onOpen: () => void }) => {
	const id = useId();
	return (
		<Group gap="sm" align="center">
			<Button variant="default" disabled={!act.allowed} aria-describedby={id} onClick={onOpen} miw={210}>
				{BUTTONS[name]}
			</Button>
			<Text id={id} size="sm" flex="1 1 16rem" component="div">
				{act.allowed ? (
					act.means
				) : (
					<>
						{act.why}
						{act.from === undefined ? null : (
							<>
								{" "}
								(<Countdown until={act.from - 1n} />)
							</>
						)}
					</>
				)}
			</Text>
		</Group>
	);
};

const Standing = ({ round, study }: { readonly round: RoundRecord; readonly study: StudyRecord }) => {
	const { threshold, minUpdates } = study.parameters;
	const available = round.updates.filter((update) => isAvailable(update, study.parameters)).length;
	return (
		<Facts
			rows={[
				{
					label: "Submissions end",
					value: <When seconds={round.phase === "Open" ? round.deadline : round.opening.deadline} />,
				},
				...(round.phase === "Open"
					? [{ label: "Checking ends", value: <When seconds={round.checkingDeadline} /> }]
					: []),
				...(round.phase === "Frozen" ? [{ label: "Key sums", value: "no deadline: it waits for its committee" }] : []),
				...(round.phase === "Opened" && round.membersOnlyUntil !== undefined
					? [{ label: "Members alone attest until", value: <When seconds={round.membersOnlyUntil} /> }]
					: []),
				{
					label: "Updates",
					value: `${round.updates.length} of at least ${minUpdates}, ${available} held by ${threshold} members`,
				},
				{ label: "Key sums posted", value: `${round.keySums.length} of ${threshold}` },
				{
					label: "Attestations",
					value: `${round.attestations.length} of members, of which ${threshold} have to be equal; ${round.hospitalAttestations.length} of hospitals`,
				},
			]}
		/>
	);
};

/** A round under way: where it stands, and what anyone may do about it when its time has come. */
export const RoundCard = ({ snapshot, round, study, open, onOpen }: RoundCardProps) => {
	const now = useChainTime();
	const frozenBy = round.frozen?.place.transactionHash;
	const receipts = useReceipts(frozenBy === undefined ? [] : [frozenBy]);
	const frozenAt = frozenBy === undefined ? undefined : receipts.get(frozenBy)?.timestamp;
	const acts = roundActs(round, study.parameters, now, frozenAt);
	const { roundId, studyId } = round;
	const call = useMemo(
		() => (open === undefined ? undefined : actCall(snapshot.deployment, open, { roundId, studyId })),
		[snapshot.deployment, open, roundId, studyId],
	);
	return (
		<Section
			title={`Round ${roundId} of study ${study.studyId}`}
			actions={
				<Group gap="md">
					<Status {...phaseWords(round, now)} />
					<Link href={`/rounds/${roundId}`}>Show the round</Link>
				</Group>
			}
		>
			<Stack gap="md">
				<Standing round={round} study={study} />
				{ACT_NAMES.map((name) => (
					<ActRow key={name} name={name} act={acts[name]} onOpen={() => onOpen(name)} />
				))}
				<Text size="sm" c="dimmed">
					Anyone may freeze or fail, not the coordinator alone; the participants' workers do it by themselves, too.
					Cancelling and closing are the coordinator's.
				</Text>
				{call === undefined || open === undefined ? null : (
					<Stack gap="md">
						<Signing sendKey={`${open}-${roundId}`} call={call} />
						<Group>
							<Button size="xs" variant="default" onClick={() => onOpen(undefined)}>
								Close the review
							</Button>
						</Group>
					</Stack>
				)}
			</Stack>
		</Section>
	);
};
