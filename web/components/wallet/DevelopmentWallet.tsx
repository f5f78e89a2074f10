"use client";

import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState, useSyncExternalStore } from "react";
import type { Address } from "viem";
import { Facts } from "@/components/values/Facts.tsx";
import { Hash } from "@/components/values/Hash.tsx";
import { Party } from "@/components/values/Party.tsx";
import { useConfig } from "@/lib/config/context.tsx";
import type { Question, Questions } from "@/lib/wallet/developmentQuestions.ts";
import classes from "./wallet.module.css";

const Choose = ({ accounts, answer }: Extract<Question, { kind: "choose" }>) => {
	const { participants } = useConfig();
	const [chosen, setChosen] = useState<Address>();
	const named = accounts.filter((account) => participants[account] !== undefined);
	const others = accounts.filter((account) => participants[account] === undefined);
	return (
		<Stack>
			<Text size="sm">
				These are accounts of the development node, with keys that everybody knows. They are for trying things out on
				this machine.
			</Text>
			<Radio.Group
				label="Account"
				value={chosen ?? ""}
				onChange={(value) => setChosen(accounts.find((account) => account === value))}
				className={classes.accounts ?? ""}
			>
				<Stack gap={6} mt="xs">
					{[...named, ...others].map((account) => (
						<Radio
							key={account}
							value={account}
							label={participants[account] === undefined ? account : `${participants[account]}: ${account}`}
							classNames={{ label: classes.account ?? "" }}
						/>
					))}
				</Stack>
			</Radio.Group>
			<Group justify="flex-end">
				<Button variant="default" onClick={() => answer(undefined)}>
					Cancel
				</Button>
				<Button disabled={chosen === undefined} onClick={() => answer(chosen)}>
					Connect
				</Button>
			</Group>
		</Stack>
	);
};

const Confirm = ({ transaction, answer }: Extract<Question, { kind: "confirm" }>) => {
	const { from, to, data, gas } = transaction;
	const rows = [
		{ label: "From", value: <Party address={from} /> },
		{ label: "To", value: to === undefined ? "a new contract" : <Hash value={to} kind="address" /> },
		{ label: "Data", value: `${((data.length - 2) / 2).toLocaleString("en-US")} bytes, function ${data.slice(0, 10)}` },
		...(gas === undefined ? [] : [{ label: "Gas at most", value: BigInt(gas).toLocaleString("en-US") }]),
	];
	return (
		<Stack>
			<Text size="sm">The development node signs this with the account's key and sends it.</Text>
			<Facts rows={rows} />
			<Group justify="flex-end">
				<Button variant="default" onClick={() => answer(false)}>
					Reject
				</Button>
				<Button onClick={() => answer(true)} data-autofocus>
					Confirm
				</Button>
			</Group>
		</Stack>
	);
};

const decline = (question: Question | undefined): void => {
	if (question?.kind === "choose") question.answer(undefined);
	if (question?.kind === "confirm") question.answer(false);
};

/** RainbowKit's dialog, which stays open while the wallet is asked, is one below. */
const ABOVE_ALL = 2_147_483_647;

/** The dialogs of the development wallet. */
export const DevelopmentWallet = ({ questions }: { readonly questions: Questions }) => {
	const question = useSyncExternalStore(questions.subscribe, questions.get, () => undefined);
	return (
		<Modal
			opened={question !== undefined}
			onClose={() => decline(question)}
			title={question?.kind === "confirm" ? "Development wallet: send this?" : "Development wallet"}
			closeButtonProps={{ "aria-label": "Close" }}
			zIndex={ABOVE_ALL}
		>
			{question?.kind === "choose" ? <Choose {...question} /> : null}
			{question?.kind === "confirm" ? <Confirm {...question} /> : null}
		</Modal>
	);
};
