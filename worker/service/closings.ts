/** What has been opened and has to be closed again, in the opposite order. */

export type Closings = {
	readonly add: (close: () => Promise<void>) => void;
	/** Closes what it can: one that fails does not keep the others open. */
	readonly close: () => Promise<void>;
};

export const createClosings = (): Closings => {
	const closings: (() => Promise<void>)[] = [];
	return {
		add: (close) => {
			closings.push(close);
		},
		close: async () => {
			for (let close = closings.pop(); close !== undefined; close = closings.pop())
				await close().catch(() => undefined);
		},
	};
};
