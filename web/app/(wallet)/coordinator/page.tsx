import type { Metadata } from "next";
import { CoordinatorPage } from "@/components/coordinator/CoordinatorPage.tsx";

export const metadata: Metadata = { title: "Coordinator" };

export default function Page() {
	return <CoordinatorPage />;
}
