"use client";

import { Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useConfig } from "@/lib/config/context.tsx";
import { workerToken, workerUrl } from "@/lib/worker/pairing.ts";
import type { Role } from "@/lib/worker/schemas.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";
import classes from "./pairing.module.css";

type PairingFormProps = {
	readonly role: Role;
	readonly wallet: string;
	readonly worker: Pick<PairedWorker, "pair" | "url">;
	/** Why a token is asked for again. */
	readonly reason?: string | undefined;
};

/** Suggestions for this wallet come first. */
const useSuggestions = (role: Role, wallet: string) =>
	useConfig()
		.workers.filter((worker) => worker.role === role)
		.map((worker) => ({ ...worker, isYours: worker.address.toLowerCase() === wallet.toLowerCase() }))
		.toSorted((one, other) => Number(other.isYours) - Number(one.isYours));

/** URL and token of the user's own worker. The token is typed or pasted, and kept for this tab's session alone. */
export const PairingForm = ({ role, wallet, worker, reason }: PairingFormProps) => {
	const suggestions = useSuggestions(role, wallet);
	const [url, setUrl] = useState(
		worker.url ?? suggestions.find(({ isYours }) => isYours)?.url ?? "http://127.0.0.1:8645",
	);
	const [token, setToken] = useState("");
	const [tried, setTried] = useState(false);
	const validUrl = workerUrl(url);
	const validToken = workerToken(token);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		setTried(true);
		if (validUrl === undefined || validToken === undefined) return;
		worker.pair({ url: validUrl, token: validToken });
		setToken("");
		setTried(false);
	};
	return (
		<form onSubmit={submit} noValidate>
			<Stack maw={560}>
				<Text>
					{reason ??
						"Your worker runs on this machine. It holds your data and keys, trains and proves; this page shows what it does and lets your wallet sign. Nothing is sent to anybody else."}
				</Text>
				<TextInput
					label="URL of your worker"
					description="As the worker printed it at its start."
					value={url}
					onChange={(event) => setUrl(event.currentTarget.value)}
					error={
						tried && validUrl === undefined ? "An http:// URL of this machine, such as http://127.0.0.1:8645" : null
					}
					spellCheck={false}
				/>
				{suggestions.length === 0 ? null : (
					<Group gap="xs">
						<Text size="sm">Known here:</Text>
						{suggestions.map(({ name, url: suggested, isYours }) => (
							<Button
								key={suggested}
								size="compact-sm"
								variant="default"
								h="auto"
								className={classes.suggestion ?? ""}
								onClick={() => setUrl(suggested)}
							>
								{name}
								{isYours ? " (your wallet's)" : ""}
							</Button>
						))}
					</Group>
				)}
				<PasswordInput
					label="Token"
					description="The worker shows it once on its terminal; without a terminal it is in the file http-token in the worker's folder. It changes with each start."
					value={token}
					onChange={(event) => setToken(event.currentTarget.value)}
					error={tried && validToken === undefined ? "The whole token, without spaces" : null}
					autoComplete="off"
					visibilityToggleButtonProps={{ "aria-label": "Show or hide the token" }}
				/>
				<Group>
					<Button type="submit">Pair with the worker</Button>
				</Group>
			</Stack>
		</form>
	);
};
