"use client";

import { ErrorState } from "@/components/states/ErrorState.tsx";

export default function PageError({ error, reset }: { readonly error: Error; readonly reset: () => void }) {
	return <ErrorState error={error} onRetry={reset} />;
}
