"use client";

import { Button, type MantineSpacing } from "@mantine/core";
import { type ReactNode, useId } from "react";

type DisclosureProps = {
	readonly shown: boolean;
	readonly onToggle: () => void;
	/** What is behind it, as the end of "Show ..". */
	readonly label: string;
	/** The same with what tells it from others of the page that are labelled alike. */
	readonly name?: string | undefined;
	readonly mt?: MantineSpacing | number;
	/** Not made before it is shown. */
	readonly children: () => ReactNode;
};

/** A button that shows and hides what is below it. */
export const Disclosure = ({ shown, onToggle, label, name, mt, children }: DisclosureProps) => {
	const id = useId();
	const verb = shown ? "Hide" : "Show";
	return (
		<div>
			<Button
				size="compact-sm"
				variant="default"
				aria-expanded={shown}
				aria-controls={id}
				{...(mt === undefined ? {} : { mt })}
				{...(name === undefined ? {} : { "aria-label": `${verb} ${name}` })}
				onClick={onToggle}
			>
				{verb} {label}
			</Button>
			<div id={id}>{shown ? children() : null}</div>
		</div>
	);
};
