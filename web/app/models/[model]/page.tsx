import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ModelPage } from "@/components/models/ModelPage.tsx";

type ModelRouteProps = { readonly params: Promise<{ readonly model: string }> };

const isId = (text: string): boolean => /^[0-9]{1,18}$/.test(text);

export const generateMetadata = async ({ params }: ModelRouteProps): Promise<Metadata> => {
	const { model } = await params;
	return { title: isId(model) ? `Model ${model}` : "No such model" };
};

export default async function ModelRoute({ params }: ModelRouteProps) {
	const { model } = await params;
	if (!isId(model)) notFound();
	return <ModelPage wanted={model} />;
}
