"use client";

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

/** A table that scrolls by itself when the window is too narrow for it. Mantine's own would bring its scroll area and pop-ups along, 20 kB. */
export const PlainTable = ({ caption, head, rows }: PlainTableProps) => {
	const id = useId();
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the focus to be scrolled by keys
		<section className={classes.scroll} tabIndex={0} aria-labelledby={id}>
			<table className={classes.table}>
				<caption id={id} className={classes.caption}>
					{caption}
				</caption>
				<thead>
					<tr>
						{head.map((label) => (
							<th key={label} scope="col">
								{label}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map(({ key, cells }) => (
						<tr key={key}>
							{cells.map((cell, index) => {
								const column = head[index] ?? String(index);
								return index === 0 ? (
									<th key={column} scope="row">
										{cell}
									</th>
								) : (
									<td key={column}>{cell}</td>
								);
							})}
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
};
