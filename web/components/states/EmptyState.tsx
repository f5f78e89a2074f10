"use client";

import { Box, Text } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./states.module.css";

export const EmptyState = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
	<Box className={classes.empty}>
		<Text fw={600}>{title}</Text>
		{children === undefined ? null : (
			<Text component="div" c="dimmed" mt={4}>
				{children}
			</Text>
		)}
	</Box>
);
