"use client";

import { Button, Text } from "@mantine/core";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { InitialModelOfStudyProps } from "./InitialModelOfStudy.tsx";

/** The schema of studies and Poseidon's constants are large: loaded when somebody asks. */
const InitialModelOfStudy = dynamic(() =>
	import("./InitialModelOfStudy.tsx").then((module) => module.InitialModelOfStudy),
);

/** The study's initial model, computed again when it is asked for: for a page that shows much else. */
export const AskedInitialModel = (props: InitialModelOfStudyProps) => {
	const [asked, setAsked] = useState(false);
	if (asked) return <InitialModelOfStudy {...props} />;
	return (
		<>
			<Text size="sm" mb="sm" maw="70ch">
				Nobody chose the initial model: it follows from the study, the contract and the chain. This browser can compute
				it again and compare.
			</Text>
			<Button variant="default" onClick={() => setAsked(true)}>
				Compute the initial model again
			</Button>
		</>
	);
};
