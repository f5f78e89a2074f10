"use client";

import { Alert, type AlertProps } from "@mantine/core";
import { TriangleAlert } from "lucide-react";

/** Something to mind that is no error. */
export const Caution = (props: Omit<AlertProps, "color" | "variant" | "icon">) => (
	<Alert color="yellow" variant="light" icon={<TriangleAlert aria-hidden />} {...props} />
);
