"use client";

import { Table } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./rounds.module.css";

export type PlainRow = {
	readonly key: string;
	/** The first one names the row. */
	readonly cells: readonly ReactNode[];
};

type PlainTableProps = {
	/** Said above the table, and by screen readers when it is entered. */
	readonly caption: string;
	readonly head: readonly string[];
	readonly rows: readonly PlainRow[];
};

/** A table that scrolls by itself when the window is too narrow for it. */
export const PlainTable = ({ caption, head, rows }: PlainTableProps) => {
	const id = useId();
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the focus to be scrolled by keys
		<section className={classes.scroll} tabIndex={0} aria-labelledby={id}>
			<Table captionSide="top" verticalSpacing="xs" horizontalSpacing="sm" className={classes.table}>
				<Table.Caption id={id} className={classes.caption}>
					{caption}
				</Table.Caption>
				<Table.Thead>
					<Table.Tr>
						{head.map((label) => (
							<Table.Th key={label} scope="col">
								{label}
							</Table.Th>
						))}
					</Table.Tr>
				</Table.Thead>
				<Table.Tbody>
					{rows.map(({ key, cells }) => (
						<Table.Tr key={key}>
							{cells.map((cell, index) => {
								const column = head[index] ?? String(index);
								return index === 0 ? (
									<Table.Th key={column} scope="row" className={classes.rowName}>
										{cell}
									</Table.Th>
								) : (
									<Table.Td key={column}>{cell}</Table.Td>
								);
							})}
						</Table.Tr>
					))}
				</Table.Tbody>
			</Table>
		</section>
	);
};
