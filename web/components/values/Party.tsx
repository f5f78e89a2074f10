"use client";

import { Group, Text } from "@mantine/core";
import type { Address } from "viem";
import { useConfig } from "@/lib/config/context.tsx";
import { Hash } from "./Hash.tsx";

/** A participant by its name, if the configuration has one, and its address. */
export const Party = ({ address }: { readonly address: Address }) => {
	const { participants } = useConfig();
	const name = participants[address];
	return (
		<Group gap={6} component="span" wrap="wrap" display="inline-flex">
			{name === undefined ? null : (
				<Text component="span" fw={500}>
					{name}
				</Text>
			)}
			<Hash value={address} kind="address" />
		</Group>
	);
};
