import type { Metadata } from "next";
import { CommitteePage } from "@/components/committee/CommitteePage.tsx";

export const metadata: Metadata = { title: "Committee" };

export default function Page() {
	return <CommitteePage />;
}
