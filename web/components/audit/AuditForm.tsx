"use client";

import { Button, Group, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { Play, Square } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type AuditFields, type AuditRequest, type FieldProblems, parseAuditFields } from "@/lib/audit/request.ts";

type AuditFormProps = {
	/** As the link or the configuration fills it. */
	readonly initial: AuditFields;
	/** This dApp's own deployment. */
	readonly own: AuditFields;
	readonly running: boolean;
	readonly onStart: (request: AuditRequest) => void;
	readonly onStop: () => void;
};

/** Which deployment to audit, and from where to read it. Nothing is read before the button is pressed. */
export const AuditForm = ({ initial, own, running, onStart, onStop }: AuditFormProps) => {
	const [fields, setFields] = useState(initial);
	const [problems, setProblems] = useState<FieldProblems>({});
	const isOwn = (Object.keys(own) as (keyof AuditFields)[]).every((name) => fields[name] === own[name]);
	const field = (name: keyof AuditFields) => ({
		value: fields[name],
		readOnly: running,
		error: problems[name],
		onChange: (event: { readonly currentTarget: { readonly value: string } }) => {
			const { value } = event.currentTarget;
			setFields((current) => ({ ...current, [name]: value }));
			setProblems(({ [name]: _, ...others }) => others);
		},
	});
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = event.currentTarget;
		const parsed = parseAuditFields(fields, window.location.protocol);
		setProblems(parsed.problems ?? {});
		if (parsed.request !== undefined) return onStart(parsed.request);
		// After the messages are drawn: the first wrong field says what is wrong.
		setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
	};
	return (
		<form onSubmit={submit} noValidate aria-label="Deployment to audit">
			<Stack gap="md">
				<TextInput
					label="Contract address"
					description="Of the RoundManager, which knows the other contracts."
					required
					autoComplete="off"
					spellCheck={false}
					{...field("address")}
				/>
				<TextInput
					label="RPC URL"
					description="JSON-RPC address of an Ethereum node. It could leave events out or make some up, which the audit finds only in part: choose one that you trust, or repeat the audit with another."
					required
					type="url"
					autoComplete="off"
					{...field("rpcUrl")}
				/>
				<Textarea
					label="IPFS gateways"
					description="One a line, asked in this order. They need no trust: every block is checked against its digest."
					required
					autosize
					minRows={1}
					maxRows={8}
					spellCheck={false}
					{...field("gateways")}
				/>
				<SimpleGrid cols={{ base: 1, xs: 2 }}>
					<TextInput
						label="Study"
						description="Its number; all studies if empty."
						inputMode="numeric"
						autoComplete="off"
						{...field("studyId")}
					/>
					<TextInput
						label="First block"
						description="Of the deployment; searched for if empty."
						inputMode="numeric"
						autoComplete="off"
						{...field("fromBlock")}
					/>
				</SimpleGrid>
				<Group>
					{/* Two elements: one that became a submit button while it is clicked would submit, and start the audit again. */}
					{running ? (
						<Button
							key="stop"
							type="button"
							color="red"
							onClick={onStop}
							leftSection={<Square aria-hidden size={16} />}
						>
							Stop the audit
						</Button>
					) : (
						<Button key="start" type="submit" leftSection={<Play aria-hidden size={16} />}>
							Start the audit
						</Button>
					)}
					{isOwn || running ? null : (
						<Button
							type="button"
							variant="default"
							onClick={() => {
								setFields(own);
								setProblems({});
							}}
						>
							Use this site's own
						</Button>
					)}
				</Group>
				{isOwn || running ? null : (
					<Text size="sm" c="dimmed">
						These are not this site's own settings. Nothing is read from there before you start the audit.
					</Text>
				)}
			</Stack>
		</form>
	);
};
