"use client";

import { Fragment } from "react";
import type { Sentence as Parts } from "@/lib/words/sentence.ts";
import { Hash } from "../values/Hash.tsx";

/** A sentence with its long values shortened, to be copied. */
export const Sentence = ({ parts }: { readonly parts: Parts }) =>
	parts.map((part, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: a sentence's parts don't move
		<Fragment key={index}>{typeof part === "string" ? part : <Hash value={part.value} kind={part.kind} />}</Fragment>
	));
