"use client";

import { Tooltip } from "@mantine/core";
import { local, utc } from "@/lib/words/time.ts";

/** @param seconds Unix time */
export const When = ({ seconds }: { readonly seconds: bigint }) => (
	<Tooltip label={local(seconds)} events={{ hover: true, focus: true, touch: true }}>
		<time dateTime={new Date(Number(seconds) * 1000).toISOString()}>{utc(seconds)}</time>
	</Tooltip>
);
