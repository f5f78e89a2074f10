/** Public data sets that `npm run data -- fetch` knows. None of them is part of this repository. */
export type PublicDataset = {
	readonly name: string;
	readonly title: string;
	readonly url: string;
	readonly file: string;
	/**
	 * Of the official file, as its publisher states it (medmnist/info.py). MD5 finds a damaged or mistaken file; against a forged one it is no
	 * protection, and no SHA-256 is published.
	 */
	readonly md5: string;
	/** The file is about 4.2 MB; nothing larger is kept. */
	readonly mostBytes: number;
	readonly licence: string;
};

export const PUBLIC_DATASETS: readonly PublicDataset[] = [
	{
		name: "pneumoniamnist",
		title: "PneumoniaMNIST (MedMNIST v2): 5,856 paediatric chest X-rays of 28 x 28 pixels, normal or pneumonia",
		url: "https://zenodo.org/records/10519652/files/pneumoniamnist.npz?download=1",
		file: "pneumoniamnist.npz",
		md5: "28209eda62fecd6e6a2d98b1501bb15f",
		mostBytes: 16_777_216,
		licence: "CC BY 4.0; Yang et al., Scientific Data 2023; images of Kermany et al., Cell 2018. Not for clinical use.",
	},
];
