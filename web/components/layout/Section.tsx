"use client";

import { Group, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./layout.module.css";

type SectionProps = {
	readonly title: ReactNode;
	/** For deep links. */
	readonly id?: string;
	readonly actions?: ReactNode;
	readonly children: ReactNode;
};

export const Section = ({ title, id, actions, children }: SectionProps) => {
	const heading = useId();
	return (
		<section className={classes.section} aria-labelledby={heading} {...(id === undefined ? {} : { id })}>
			<Group justify="space-between" mb="md">
				<Title order={2} size="h3" id={heading}>
					{title}
				</Title>
				{actions}
			</Group>
			{children}
		</section>
	);
};
