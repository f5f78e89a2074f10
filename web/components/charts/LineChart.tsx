"use client";

import { Box, Button, Group, Skeleton } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useId, useState } from "react";
import { type ChartData, summary, tableRows } from "@/lib/words/chart.ts";
import { type PlainRow, PlainTable } from "../rounds/PlainTable.tsx";
import classes from "./charts.module.css";
import { Legend } from "./Legend.tsx";

const Waiting = () => <Skeleton className={classes.drawing} animate={false} aria-hidden />;

const Drawing = dynamic(() => import("./Drawing.tsx").then((module) => module.Drawing), {
	ssr: false,
	loading: Waiting,
});

const dataRows = (data: ChartData): readonly PlainRow[] =>
	tableRows(data).map(({ x, values }) => ({ key: String(x), cells: [x, ...values.map((value) => value ?? "–")] }));

type LineChartProps = { readonly title: string; readonly data: ChartData };

/** Lines over whole numbers. ECharts is loaded when the chart comes into view; the same figures are a table one click away. */
export const LineChart = ({ title, data }: LineChartProps) => {
	const { ref, entry } = useIntersection({ rootMargin: "200px" });
	const [seen, setSeen] = useState(false);
	const [asTable, setAsTable] = useState(false);
	const id = useId();
	if (!seen && entry?.isIntersecting === true) setSeen(true);
	return (
		<Box component="figure" m={0} ref={ref} aria-label={`${title}. ${summary(data)}`}>
			<Group justify="space-between" mb="xs">
				<Legend series={data.series} />
				<Button
					size="compact-sm"
					variant="default"
					aria-expanded={asTable}
					aria-controls={id}
					onClick={() => setAsTable(!asTable)}
				>
					{asTable ? "Hide the table" : "Show as a table"}
				</Button>
			</Group>
			{seen ? <Drawing data={data} /> : <Waiting />}
			<div id={id}>
				{asTable ? (
					<PlainTable
						caption={title}
						head={[data.xName, ...data.series.map(({ name }) => name)]}
						rows={dataRows(data)}
					/>
				) : null}
			</div>
		</Box>
	);
};
