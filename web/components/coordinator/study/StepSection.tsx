"use client";

import type { ReactNode } from "react";
import { STEP_TITLES, STEPS, type Step } from "@/lib/coordinator/creation.ts";
import { Section } from "../../layout/Section.tsx";
import { Status } from "../../values/Status.tsx";

type StepSectionProps = {
	readonly step: Step;
	/** The step that is due; undefined when all are done. */
	readonly due: Step | undefined;
	readonly children: ReactNode;
};

const standing = (step: Step, due: Step | undefined) => {
	const [at, now] = [STEPS.indexOf(step), due === undefined ? STEPS.length : STEPS.indexOf(due)];
	if (at < now) return { tone: "ok", label: "Done" } as const;
	return at === now ? ({ tone: "info", label: "Due now" } as const) : ({ tone: "idle", label: "Later" } as const);
};

/** One step of creating a study; later ones say only that they come. */
export const StepSection = ({ step, due, children }: StepSectionProps) => {
	const state = standing(step, due);
	return (
		<Section
			title={`${STEPS.indexOf(step) + 1}. ${STEP_TITLES[step]}`}
			id={`step-${step}`}
			actions={<Status {...state} />}
		>
			{children}
		</Section>
	);
};
