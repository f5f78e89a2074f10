import type { Metadata } from "next";
import { AuditPage } from "@/components/audit/AuditPage.tsx";

export const metadata: Metadata = { title: "Audit" };

type AuditRouteProps = { readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>> };

export default async function AuditRoute({ searchParams }: AuditRouteProps) {
	const query = new URLSearchParams(
		Object.entries(await searchParams).flatMap(([name, value]) =>
			[value ?? []].flat().map((one): [string, string] => [name, one]),
		),
	);
	return <AuditPage query={query.toString()} />;
}
