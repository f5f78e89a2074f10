"use client";

import { Group, Loader, Text } from "@mantine/core";

/** @param what is being read, as the end of "Reading .." */
export const LoadingState = ({ what }: { readonly what: string }) => (
	<Group role="status" gap="sm" py="xl" justify="center">
		<Loader size="sm" aria-hidden />
		<Text>Reading {what} …</Text>
	</Group>
);
