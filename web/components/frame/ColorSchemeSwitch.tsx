"use client";

import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { Moon, Sun } from "lucide-react";

/** The system's setting counts until somebody chooses. */
export const ColorSchemeSwitch = () => {
	const { setColorScheme } = useMantineColorScheme();
	const scheme = useComputedColorScheme("light", { getInitialValueInEffect: true });
	const other = scheme === "dark" ? "light" : "dark";
	const Icon = scheme === "dark" ? Sun : Moon;
	return (
		<ActionIcon variant="default" size="lg" aria-label={`Use ${other} colours`} onClick={() => setColorScheme(other)}>
			<Icon aria-hidden size={18} />
		</ActionIcon>
	);
};
