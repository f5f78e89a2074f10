"use client";

import { List, Text } from "@mantine/core";
import type { Check } from "@/lib/coordinator/packageChecks.ts";
import { Status } from "../../values/Status.tsx";

/** Checks as a list: what holds, or what is wrong. */
export const CheckItems = ({ checks }: { readonly checks: readonly Check[] }) => (
	<List listStyleType="none" spacing="xs" aria-label="Checks of the package">
		{checks.map(({ id, title, problem }) => (
			<List.Item key={id}>
				<Status tone={problem === undefined ? "ok" : "bad"} label={problem === undefined ? "Passed" : "Failed"} />{" "}
				{title}
				{problem === undefined ? null : (
					<Text size="sm" c="error" component="div">
						{problem}
					</Text>
				)}
			</List.Item>
		))}
	</List>
);
