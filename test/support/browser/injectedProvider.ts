/** What a wallet's extension puts into each page: an EIP-1193 provider, announced by EIP-6963. It knows no key; every request goes to the test's process. */

export type ProviderInfo = {
	readonly uuid: string;
	readonly name: string;
	readonly icon: string;
	readonly rdns: string;
};

/** Given to the page: how the provider asks, and the event by which it is told. */
export type Injected = {
	readonly binding: string;
	readonly event: string;
	readonly providers: readonly ProviderInfo[];
};

export type WalletAnswer =
	| { readonly result: unknown }
	| { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } };

/** Runs in the page before its own scripts. Self-contained: it is sent there as text. */
export const injectProviders = ({ binding, event, providers }: Injected): void => {
	type Listener = (payload: unknown) => void;
	const ask = (
		Reflect.get(window, binding) as (uuid: string, method: string, params: unknown) => Promise<WalletAnswer>
	).bind(window);
	const announced = providers.map((info) => {
		const listeners = new Map<string, Set<Listener>>();
		const provider = {
			request: async ({ method, params }: { method: string; params?: unknown }): Promise<unknown> => {
				const answer = await ask(info.uuid, method, params ?? []);
				if ("result" in answer) return answer.result;
				const { code, message, data } = answer.error;
				throw Object.assign(new Error(message), { code, data });
			},
			on: (name: string, listener: Listener) => {
				listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
				return provider;
			},
			removeListener: (name: string, listener: Listener) => {
				listeners.get(name)?.delete(listener);
				return provider;
			},
		};
		window.addEventListener(event, (told) => {
			const { uuid, name, payload } = (told as CustomEvent<{ uuid: string; name: string; payload: unknown }>).detail;
			if (uuid === info.uuid) for (const listener of listeners.get(name) ?? []) listener(payload);
		});
		return Object.freeze({ info: Object.freeze({ ...info }), provider });
	});
	const announce = (): void => {
		for (const detail of announced) window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
	};
	window.addEventListener("eip6963:requestProvider", announce);
	announce();
};
