"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { DappConfig } from "./schema.ts";

const ConfigContext = createContext<DappConfig | undefined>(undefined);

export const ConfigProvider = ({ config, children }: { readonly config: DappConfig; readonly children: ReactNode }) => (
	<ConfigContext value={config}>{children}</ConfigContext>
);

export const useConfig = (): DappConfig => {
	const config = useContext(ConfigContext);
	if (config === undefined) throw new RangeError("useConfig outside of ConfigProvider");
	return config;
};
