/** Jobs one after the other, first come, first served; a job that fails holds up nobody. */
export const oneAtATime = () => {
	let last: Promise<unknown> = Promise.resolve();
	return <T>(job: () => Promise<T>): Promise<T> => {
		const result = last.then(job);
		last = result.catch(() => undefined);
		return result;
	};
};
