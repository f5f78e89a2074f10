import type { Metadata } from "next";
import { RoundPage } from "@/components/rounds/RoundPage.tsx";

type PageProps = { readonly params: Promise<{ readonly round: string }> };

export const generateMetadata = async ({ params }: PageProps): Promise<Metadata> => {
	const { round } = await params;
	return { title: /^\d{1,10}$/.test(round) ? `Round ${round}` : "Round" };
};

export default async function Page({ params }: PageProps) {
	const { round } = await params;
	return <RoundPage wanted={round} />;
}
