import type { Series } from "@/lib/words/chart.ts";
import classes from "./charts.module.css";
import { SYMBOLS } from "./options.ts";

const SHAPES = {
	circle: <circle cx="16" cy="6" r="4" />,
	triangle: <path d="M16 1 L21 11 L11 11 Z" />,
	rect: <rect x="12" y="2" width="8" height="8" />,
	diamond: <path d="M16 1 L21 6 L16 11 L11 6 Z" />,
} as const;

/** Which line is which, by symbol and dash as they are drawn. */
export const Legend = ({ series }: { readonly series: readonly Series[] }) => (
	<ul className={classes.legend}>
		{series.map(({ name }, index) => (
			<li key={name} data-series={index % 4}>
				<svg aria-hidden width="32" height="12" viewBox="0 0 32 12">
					<line x1="0" x2="32" y1="6" y2="6" strokeDasharray={["none", "6 4", "2 3"][index % 3]} />
					{SHAPES[SYMBOLS[index % SYMBOLS.length] ?? "circle"]}
				</svg>
				{name}
			</li>
		))}
	</ul>
);
