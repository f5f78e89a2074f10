"use client";

import { Button, Code } from "@mantine/core";
import { useId, useState } from "react";
import classes from "./values.module.css";

const text = (value: unknown): string =>
	JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner), 2) ??
	"undefined";

/** Values as they are on chain, one click away. */
export const Raw = ({ label, value }: { readonly label: string; readonly value: unknown }) => {
	const [shown, setShown] = useState(false);
	const id = useId();
	return (
		<div>
			<Button
				size="compact-sm"
				variant="default"
				aria-expanded={shown}
				aria-controls={id}
				onClick={() => setShown(!shown)}
			>
				{shown ? "Hide" : "Show"} {label}
			</Button>
			<div id={id}>
				{shown ? (
					// Scrolls, so it has to be reachable by keyboard.
					<Code block className={classes.raw} mt="xs" tabIndex={0} role="region" aria-label={label}>
						{text(value)}
					</Code>
				) : null}
			</div>
		</div>
	);
};
