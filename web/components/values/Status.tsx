"use client";

import { Circle, CircleCheck, CircleX, Clock, TriangleAlert } from "lucide-react";
import tones from "./tones.module.css";
import classes from "./values.module.css";

export type Tone = "ok" | "warn" | "bad" | "info" | "idle";

const ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: CircleX, info: Clock, idle: Circle } as const;

/** A state in a word, with an icon of its own for each tone: never by colour alone. */
export const Status = ({ tone, label }: { readonly tone: Tone; readonly label: string }) => {
	const Icon = ICONS[tone];
	return (
		<span className={`${classes.status} ${tones[tone]}`}>
			<Icon aria-hidden size={16} />
			{label}
		</span>
	);
};
