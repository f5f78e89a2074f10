"use client";

import { Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

type PageHeaderProps = { readonly title: string; readonly description: ReactNode; readonly actions?: ReactNode };

export const PageHeader = ({ title, description, actions }: PageHeaderProps) => (
	<Group justify="space-between" align="flex-start" mb="lg">
		<div>
			<Title order={1} size="h2">
				{title}
			</Title>
			<Text c="dimmed" maw="70ch" component="div">
				{description}
			</Text>
		</div>
		{actions}
	</Group>
);
