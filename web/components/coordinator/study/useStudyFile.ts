"use client";

import { useCallback, useState } from "react";
import { MOST_STUDY_BYTES, readStudyText, type StudyText } from "../../../../worker/core/studyFile.ts";

export type ChosenStudy = {
	readonly file: File;
	/** Undefined while it is being read. */
	readonly read?: StudyText | { readonly tooLarge: number } | { readonly unreadable: true };
};

const readFile = async (file: File): Promise<NonNullable<ChosenStudy["read"]>> => {
	if (file.size > MOST_STUDY_BYTES) return { tooLarge: file.size };
	try {
		return readStudyText(await file.text());
	} catch {
		return { unreadable: true };
	}
};

/** The study's file: read here, sent nowhere, and forgotten with the page. */
export const useStudyFile = () => {
	const [chosen, setChosen] = useState<ChosenStudy>();
	const choose = useCallback(async (file: File | null) => {
		if (file === null) return setChosen(undefined);
		setChosen({ file });
		const read = await readFile(file);
		setChosen((current) => (current?.file === file ? { file, read } : current));
	}, []);
	const study = chosen?.read !== undefined && "study" in chosen.read ? chosen.read.study : undefined;
	return { chosen, study, choose };
};
