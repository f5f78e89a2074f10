"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { useReceipts } from "@/lib/receipts.ts";
import type { TransactionStory } from "@/lib/words/transaction.ts";
import classes from "./overview.module.css";
import { Story } from "./Story.tsx";

/** Thousands of transactions, of which only those in view are in the page, and only their receipts are asked for. */
export const AllStories = ({ stories }: { readonly stories: readonly TransactionStory[] }) => {
	const scroller = useRef<HTMLDivElement>(null);
	const virtual = useVirtualizer({
		count: stories.length,
		getScrollElement: () => scroller.current,
		estimateSize: () => 84,
		getItemKey: (index) => stories[index]?.hash ?? index,
		overscan: 6,
	});
	const items = virtual.getVirtualItems();
	const shown = items.flatMap(({ index }) => stories[index] ?? []);
	const receipts = useReceipts(shown.map(({ hash }) => hash));
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the focus to be scrolled by keys
		<section ref={scroller} className={classes.scroller} tabIndex={0} aria-label="All events, newest first">
			<ul className={classes.stories} style={{ height: virtual.getTotalSize(), position: "relative" }}>
				{items.map(({ index, key, start }) => {
					const story = stories[index];
					return story === undefined ? null : (
						<li
							key={key}
							ref={virtual.measureElement}
							data-index={index}
							aria-setsize={stories.length}
							aria-posinset={index + 1}
							className={classes.placed}
							style={{ transform: `translateY(${start}px)` }}
						>
							<Story story={story} receipt={receipts.get(story.hash)} />
						</li>
					);
				})}
			</ul>
		</section>
	);
};
