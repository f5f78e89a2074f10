"use client";

import { Tabs } from "@mantine/core";
import { useLedger } from "@/lib/chain/ledger.tsx";
import { PageHeader } from "../layout/PageHeader.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { WalletGate } from "../wallet/WalletGate.tsx";
import { OwnerNotice } from "./OwnerNotice.tsx";
import { PeoplePanel } from "./people/PeoplePanel.tsx";
import { OpenRoundPanel } from "./rounds/OpenRoundPanel.tsx";
import { RoundsPanel } from "./rounds/RoundsPanel.tsx";
import { StudyPanel } from "./study/StudyPanel.tsx";
import { useAddressBar } from "./useAddressBar.ts";

const TABS = [
	{ value: "people", label: "Hospitals and members" },
	{ value: "study", label: "Create a study" },
	{ value: "open", label: "Open a round" },
	{ value: "rounds", label: "Rounds under way" },
] as const;

/** What a tab had open is not the next one's. */
const CLOSED = { act: undefined, address: undefined, round: undefined, committee: undefined, durations: undefined };

const Panels = () => {
	const state = useLedger();
	const { get, set } = useAddressBar();
	if (state.status === "loading") return <LoadingState what="the chain" />;
	if (state.status === "error") return <ErrorState error={state.error} onRetry={state.retry} />;
	const tab = TABS.find(({ value }) => value === get("tab"))?.value ?? "people";
	return (
		<>
			<WalletGate role="coordinator">{null}</WalletGate>
			<OwnerNotice />
			<Tabs value={tab} onChange={(value) => set({ ...CLOSED, tab: value ?? undefined })}>
				<Tabs.List mb="lg">
					{TABS.map(({ value, label }) => (
						<Tabs.Tab key={value} value={value}>
							{label}
						</Tabs.Tab>
					))}
				</Tabs.List>
				<Tabs.Panel value="people">
					<PeoplePanel snapshot={state} />
				</Tabs.Panel>
				<Tabs.Panel value="study">
					<StudyPanel snapshot={state} />
				</Tabs.Panel>
				<Tabs.Panel value="open">
					<OpenRoundPanel snapshot={state} />
				</Tabs.Panel>
				<Tabs.Panel value="rounds">
					<RoundsPanel snapshot={state} />
				</Tabs.Panel>
			</Tabs>
		</>
	);
};

export const CoordinatorPage = () => (
	<>
		<PageHeader
			title="Coordinator"
			description="Admits hospitals and committee members, creates studies, opens rounds, and ends those whose time is over. Each of these is one transaction of the coordinator's wallet, explained before it is signed."
		/>
		<Panels />
	</>
);
