"use client";

import { Container } from "@mantine/core";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { ChainLine } from "./ChainLine.tsx";
import { ColorSchemeSwitch } from "./ColorSchemeSwitch.tsx";
import classes from "./frame.module.css";

const PAGES = [
	{ href: "/", label: "Overview" },
	{ href: "/models", label: "Models" },
	{ href: "/audit", label: "Audit" },
	{ href: "/hospital", label: "Hospital" },
	{ href: "/committee", label: "Committee" },
	{ href: "/coordinator", label: "Coordinator" },
] as const;

const isCurrent = (path: string, href: string): boolean =>
	href === "/" ? path === "/" || path.startsWith("/rounds") : path.startsWith(href);

/** The audit page may reach any node and gateway: its own policy comes with a load of its own, also on the way out. */
const needsLoad = (path: string, href: string): boolean => (path === "/audit") !== (href === "/audit");

type FrameProps = {
	/** Whether there is a configuration, and so a deployment to name. */
	readonly named: boolean;
	readonly children: ReactNode;
};

export const Frame = ({ named, children }: FrameProps) => {
	const path = usePathname();
	return (
		<>
			<a href="#content" className={classes.skip}>
				Skip to content
			</a>
			<header className={classes.header}>
				<Container size="lg" className={classes.bar}>
					<span className={classes.brand}>DecentraHealth</span>
					<nav aria-label="Pages" className={classes.nav}>
						<ul>
							{PAGES.map(({ href, label }) => {
								const current = isCurrent(path, href) ? ({ "aria-current": "page" } as const) : {};
								return (
									<li key={href}>
										{needsLoad(path, href) ? (
											<a href={href} {...current}>
												{label}
											</a>
										) : (
											<Link href={href} prefetch={false} {...current}>
												{label}
											</Link>
										)}
									</li>
								);
							})}
						</ul>
					</nav>
					<ColorSchemeSwitch />
				</Container>
			</header>
			<main id="content" className={classes.main}>
				<Container size="lg">{children}</Container>
			</main>
			<footer className={classes.footer}>
				<Container size="lg">{named ? <ChainLine /> : "No deployment is configured."}</Container>
			</footer>
		</>
	);
};
