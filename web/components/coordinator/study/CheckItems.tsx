"use client";

import { Group, List, Text } from "@mantine/core";
import type { Check } from "@/lib/coordinator/packageChecks.ts";
import { Status } from "../../values/Status.tsx";

/** Checks as a list: what holds, or what is wrong. */
export const CheckItems = ({ checks }: { readonly checks: readonly Check[] }) => (
	<List listStyleType="none" spacing="xs" aria-label="Checks of the package">
		{checks.map(({ id, title, problem }) => (
			<List.Item key={id}>
				<Group gap="xs" wrap="nowrap" align="flex-start">
					<Status tone={problem === undefined ? "ok" : "bad"} label={problem === undefined ? "Passed" : "Failed"} />
					<div>
						<Text size="sm">{title}</Text>
						{problem === undefined ? null : (
							<Text size="sm" fw={600}>
								{problem}
							</Text>
						)}
					</div>
				</Group>
			</List.Item>
		))}
	</List>
);
