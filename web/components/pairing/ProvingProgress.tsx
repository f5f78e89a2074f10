"use client";

import { Progress, Stack, Text, VisuallyHidden } from "@mantine/core";
import { useEffect, useState } from "react";
import { Status } from "@/components/values/Status.tsx";
import { duration } from "@/lib/words/time.ts";
import { provingProgress } from "@/lib/worker/progress.ts";
import type { Job } from "@/lib/worker/schemas.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";
import classes from "./pairing.module.css";

const useNow = (): number => {
	const [now, setNow] = useState(() => Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, []);
	return now;
};

const JobLine = ({ job }: { readonly job: Job }) => (
	<li className={classes.job}>
		<Status
			tone={job.state === "done" ? "ok" : "info"}
			label={job.state === "done" ? `done in ${duration(job.seconds ?? 0)}` : "running"}
		/>
		<Text component="span" size="sm">
			{job.step}
		</Text>
	</li>
);

/** What the worker computes now, how far it is, and how long it may still take by its own measure. */
export const ProvingProgress = ({ worker }: { readonly worker: PairedWorker }) => {
	const now = useNow();
	const { jobs, status, connection } = worker;
	const progress = provingProgress(jobs, status?.expects ?? null, now);
	if (progress === undefined) return null;
	const { label, fraction, total, remaining } = progress;
	const percent = Math.round(100 * fraction);
	const left = remaining === undefined ? "" : `, about ${duration(remaining)} left`;
	return (
		<Stack gap={6} my="sm">
			<Text fw={500}>
				{label}
				{connection === "live" ? "" : ", as last seen"}
			</Text>
			<VisuallyHidden role="status">{label}</VisuallyHidden>
			<Progress value={percent} aria-label="Progress of the proofs" />
			<Text size="sm" c="dimmed">
				{percent} %, {duration(total)} so far{left}
			</Text>
			<ul className={classes.jobs} aria-label="What the worker has done for this">
				{progress.jobs.map((job) => (
					<JobLine key={job.id} job={job} />
				))}
			</ul>
		</Stack>
	);
};
