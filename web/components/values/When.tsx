"use client";

import { local, utc } from "@/lib/words/time.ts";

/** @param seconds Unix time; in the reader's own zone on hover */
export const When = ({ seconds }: { readonly seconds: bigint }) => (
	<time dateTime={new Date(Number(seconds) * 1000).toISOString()} title={local(seconds)}>
		{utc(seconds)}
	</time>
);
