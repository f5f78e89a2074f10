"use client";

import { List, Text } from "@mantine/core";
import Link from "next/link";
import type { StudyRecord } from "../../../../worker/core/ledger/state.ts";
import { Section } from "../../layout/Section.tsx";
import { Status } from "../../values/Status.tsx";

/** The end, and what comes after it. */
export const Created = ({ record, name }: { readonly record: StudyRecord; readonly name: string }) => (
	<Section title={`Study ${record.studyId} exists`}>
		<Status tone="ok" label={`"${name}" is on chain with this definition`} />
		<Text mt="sm">
			<Link href={`/?study=${record.studyId}`}>Show it in the overview</Link>. What comes next:
		</Text>
		<List mt="xs" spacing={4}>
			<List.Item>Hospitals that are admitted commit their data sets, on the hospital page.</List.Item>
			<List.Item>Committee members register their share keys, on the committee page.</List.Item>
			<List.Item>You open the first round, in the tab "Open a round".</List.Item>
		</List>
	</Section>
);
