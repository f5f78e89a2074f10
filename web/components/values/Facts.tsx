"use client";

import { Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import classes from "./values.module.css";

export type Fact = { readonly label: string; readonly value: ReactNode; readonly help?: string };

/** Labels and values beside each other. */
export const Facts = ({ rows }: { readonly rows: readonly Fact[] }) => (
	<dl className={classes.facts}>
		{rows.map(({ label, value, help }) => (
			<Fragment key={label}>
				<dt>{label}</dt>
				<dd>
					{value}
					{help === undefined ? null : (
						<Text size="sm" c="dimmed">
							{help}
						</Text>
					)}
				</dd>
			</Fragment>
		))}
	</dl>
);
