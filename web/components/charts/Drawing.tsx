"use client";

import { useComputedColorScheme } from "@mantine/core";
import { LineChart as Lines } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { ChartData } from "@/lib/words/chart.ts";
import classes from "./charts.module.css";
import { type ChartLook, lineOptions } from "./options.ts";

use([Lines, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

const lookOf = (element: Element): ChartLook => {
	const style = getComputedStyle(element);
	const colour = (name: string): string => style.getPropertyValue(name).trim();
	return {
		colours: ["--dh-info", "--dh-warn", "--dh-ok", "--dh-bad"].map(colour),
		// Not the element's own colour, which may be half-way between two schemes.
		text: colour("--mantine-color-text"),
		line: colour("--dh-border"),
		surface: colour("--dh-card"),
	};
};

/** The chart itself; only this file loads ECharts. */
export const Drawing = ({ data }: { readonly data: ChartData }) => {
	const element = useRef<HTMLDivElement>(null);
	const chart = useRef<EChartsType>(undefined);
	const scheme = useComputedColorScheme("light");

	useEffect(() => {
		if (element.current === null) return;
		const made = init(element.current, null, { renderer: "svg" });
		chart.current = made;
		const observer = new ResizeObserver(() => made.resize());
		observer.observe(element.current);
		return () => {
			observer.disconnect();
			made.dispose();
			chart.current = undefined;
		};
	}, []);

	// biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page, which the scheme changes
	useEffect(() => {
		if (element.current === null) return;
		chart.current?.setOption(lineOptions(data, lookOf(element.current)), { notMerge: true });
	}, [data, scheme]);

	return <div ref={element} className={classes.drawing} />;
};
