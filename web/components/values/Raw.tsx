"use client";

import { Code } from "@mantine/core";
import { useState } from "react";
import { Disclosure } from "./Disclosure.tsx";
import classes from "./values.module.css";

const text = (value: unknown): string =>
	JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner), 2) ??
	"undefined";

/** Values as they are on chain, one click away. */
export const Raw = ({ label, value }: { readonly label: string; readonly value: unknown }) => {
	const [shown, setShown] = useState(false);
	return (
		<Disclosure label={label} shown={shown} onToggle={() => setShown(!shown)}>
			{() => (
				// Scrolls, so it has to be reachable by keyboard.
				<Code block className={classes.raw} mt="xs" tabIndex={0} role="region" aria-label={label}>
					{text(value)}
				</Code>
			)}
		</Disclosure>
	);
};
