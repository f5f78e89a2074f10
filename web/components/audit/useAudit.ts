"use client";

import { startTransition, useCallback, useEffect, useRef, useState } from "react";
import { type AuditMessage, auditMessageSchema } from "@/lib/audit/messages.ts";
import { type AuditState, IDLE, lost, received, started, stopped } from "@/lib/audit/progress.ts";
import type { AuditRequest } from "@/lib/audit/request.ts";

/** Milliseconds: checks come faster than a list need be drawn. */
const REDRAW = 300;

export type Audit = {
	readonly state: AuditState;
	/** Only ever called by a click. */
	readonly start: (request: AuditRequest) => void;
	readonly stop: () => void;
};

/** One audit at a time, in a worker that is loaded when it starts and ended when it is stopped, replaced or left. */
export const useAudit = (): Audit => {
	const [state, setState] = useState<AuditState>(IDLE);
	const end = useRef<(() => void) | undefined>(undefined);

	const stop = useCallback(() => {
		end.current?.();
		end.current = undefined;
		setState((current) => stopped(current, Date.now()));
	}, []);

	const start = useCallback((request: AuditRequest) => {
		end.current?.();
		setState(started(request, Date.now()));
		const worker = new Worker(new URL("../../workers/audit.ts", import.meta.url), { type: "module" });
		let waiting: AuditMessage[] = [];
		const flush = (): void => {
			const messages = waiting;
			waiting = [];
			if (messages.length === 0) return;
			// A long list may take its time to be drawn; a click on Stop may not.
			startTransition(() => setState((current) => received(current, messages, Date.now())));
		};
		const timer = setInterval(flush, REDRAW);
		const close = (): void => {
			clearInterval(timer);
			worker.terminate();
		};
		const lose = (message?: string): void => {
			flush();
			close();
			setState((current) => lost(current, message, Date.now()));
		};
		worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
			const parsed = auditMessageSchema.safeParse(data);
			if (!parsed.success) return lose("the audit's worker said what is no message");
			waiting.push(parsed.data);
			if (parsed.data.type === "head") flush();
			if (parsed.data.type === "report" || parsed.data.type === "interrupted") {
				flush();
				close();
			}
		});
		worker.addEventListener("error", () => lose());
		worker.addEventListener("messageerror", () => lose());
		worker.postMessage({ type: "start", request });
		end.current = close;
	}, []);

	useEffect(() => () => end.current?.(), []);
	return { state, start, stop };
};
