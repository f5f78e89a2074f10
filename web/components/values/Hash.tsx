"use client";

import { ActionIcon, Anchor, CopyButton, VisuallyHidden } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useConfig } from "@/lib/config/context.tsx";
import { shorten } from "@/lib/words/shorten.ts";
import classes from "./values.module.css";

export type HashKind = "transaction" | "address" | "block" | "commitment" | "cid" | "digest";

type HashProps = {
	readonly value: string;
	readonly kind: HashKind;
	/** Show all of it. */
	readonly full?: boolean;
};

const EXPLORED: Partial<Record<HashKind, string>> = { transaction: "tx", address: "address", block: "block" };

/** A long value: shortened, whole on hover and for screen readers' users by copying, linked to the explorer when there is one. */
export const Hash = ({ value, kind, full = false }: HashProps) => {
	const { chain } = useConfig();
	const path = EXPLORED[kind];
	const shown = full ? value : shorten(value);
	const text = (
		<span className={classes.mono} title={shown === value ? undefined : value}>
			{shown}
		</span>
	);
	return (
		<span className={classes.hash}>
			{chain.explorerUrl !== undefined && path !== undefined ? (
				<Anchor
					href={`${chain.explorerUrl.replace(/\/$/, "")}/${path}/${value}`}
					target="_blank"
					rel="noreferrer"
					title={value}
				>
					{text}
				</Anchor>
			) : (
				text
			)}
			<CopyButton value={value}>
				{({ copied, copy }) => (
					<ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={`Copy ${kind} ${shown}`}>
						{copied ? <Check aria-hidden size={14} /> : <Copy aria-hidden size={14} />}
						<VisuallyHidden role="status">{copied ? "Copied" : ""}</VisuallyHidden>
					</ActionIcon>
				)}
			</CopyButton>
		</span>
	);
};
