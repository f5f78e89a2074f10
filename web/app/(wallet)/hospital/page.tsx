import type { Metadata } from "next";
import { HospitalPage } from "@/components/hospital/HospitalPage.tsx";

export const metadata: Metadata = { title: "Hospital" };

export default function Page() {
	return <HospitalPage />;
}
