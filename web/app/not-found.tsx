import { PageHeader } from "@/components/layout/PageHeader.tsx";
import { EmptyState } from "@/components/states/EmptyState.tsx";

export default function NotFound() {
	return (
		<>
			<PageHeader
				title="There is no such page"
				description="The address is wrong, or what it named is not on this deployment."
			/>
			<EmptyState title="Nothing here">The overview has the links to every round and model.</EmptyState>
		</>
	);
}
