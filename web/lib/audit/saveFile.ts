/** Hands the reader a file that this page made; nothing is uploaded. */
export const saveFile = (name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void => {
	const url = URL.createObjectURL(new Blob([content], { type }));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	// The download has begun with the click; some browsers read the blob a little later.
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
};
