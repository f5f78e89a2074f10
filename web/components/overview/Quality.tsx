"use client";

import { Box } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useConfig } from "@/lib/config/context.tsx";
import { Section } from "../layout/Section.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import type { QualityProps } from "./QualityChart.tsx";

const QualityChart = dynamic(() => import("./QualityChart.tsx").then((module) => module.QualityChart), {
	ssr: false,
	loading: () => <LoadingState what="the chart" />,
});

export const Quality = (props: QualityProps) => {
	const { heldOut } = useConfig();
	const { ref, entry } = useIntersection();
	const [seen, setSeen] = useState(false);
	if (!seen && entry?.isIntersecting === true) setSeen(true);
	return (
		<Section title="Quality of the global model">
			{/* As high as the chart will be: what is below stays where it is. */}
			<Box ref={ref} mih={heldOut === undefined ? 60 : 380}>
				{seen ? <QualityChart {...props} /> : null}
			</Box>
		</Section>
	);
};
