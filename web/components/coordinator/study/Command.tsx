"use client";

import { Button, Code, CopyButton, Group } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import classes from "../coordinator.module.css";

/** A command for a terminal, to copy. */
export const Command = ({ text }: { readonly text: string }) => (
	<Group gap="xs" align="center">
		<Code block className={classes.command}>
			{text}
		</Code>
		<CopyButton value={text}>
			{({ copied, copy }) => (
				<Button
					size="xs"
					variant="default"
					onClick={copy}
					leftSection={copied ? <Check aria-hidden size={14} /> : <Copy aria-hidden size={14} />}
				>
					<span aria-live="polite">{copied ? "Copied" : "Copy the command"}</span>
				</Button>
			)}
		</CopyButton>
	</Group>
);
