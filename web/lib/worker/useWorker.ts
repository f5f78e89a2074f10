"use client";

import { useSyncExternalStore } from "react";
import { systemClock } from "../wallet/ports.ts";
import { type Role, roleSchema } from "./schemas.ts";
import { createWorkerStore, type WorkerStore, type WorkerView } from "./workerStore.ts";

/** One worker a role for all components of this tab. */
const stores = new Map<Role, WorkerStore>(
	typeof window === "undefined"
		? []
		: roleSchema.options.map((role) => [
				role,
				createWorkerStore({ role, storage: window.sessionStorage, clock: systemClock }),
			]),
);

const UNPAIRED: WorkerView = { connection: "unpaired", jobs: [], offers: [] };
const nothing = (): void => undefined;

export type PairedWorker = WorkerView & Pick<WorkerStore, "pair" | "unpair">;

/** The user's own worker of a role, followed while a component shows it. */
export const useWorker = (role: Role): PairedWorker => {
	const store = stores.get(role);
	const view = useSyncExternalStore(
		store?.subscribe ?? (() => nothing),
		store?.get ?? (() => UNPAIRED),
		() => UNPAIRED,
	);
	return { ...view, pair: store?.pair ?? nothing, unpair: store?.unpair ?? nothing };
};
