"use client";

import { useEffect, useMemo, useState } from "react";
import type { Check, CheckContext } from "@/lib/coordinator/packageChecks.ts";
import type { StudyPackage } from "../../../../worker/core/studyPackage.ts";
import { type ShownError, shownError } from "../../states/ErrorState.tsx";

export type ChosenPackage =
	| { readonly kind: "reading" }
	| { readonly kind: "refused"; readonly problem: ShownError }
	| { readonly kind: "checked"; readonly made: StudyPackage; readonly checks: readonly Check[] };

const open = async (file: File, context: CheckContext): Promise<ChosenPackage> => {
	try {
		// Curves and hashes: not needed before there is a package.
		const [{ MOST_PACKAGE_BYTES, packageInvalid, parseStudyPackage }, { packageChecks }] = await Promise.all([
			import("../../../../worker/core/studyPackage.ts"),
			import("@/lib/coordinator/packageChecks.ts"),
		]);
		if (file.size > MOST_PACKAGE_BYTES)
			throw packageInvalid(`${file.name} has ${file.size} bytes; a package has at most ${MOST_PACKAGE_BYTES}`);
		const made = parseStudyPackage(await file.text());
		return { kind: "checked", made, checks: packageChecks(made, context) };
	} catch (error) {
		return { kind: "refused", problem: shownError(error) };
	}
};

/** The package's file and what its checks say of it; again whenever the study's file or the chain's studies change. */
export const usePackageFile = (context: CheckContext | undefined) => {
	const [file, setFile] = useState<File | null>(null);
	const [chosen, setChosen] = useState<ChosenPackage>();
	useEffect(() => {
		if (file === null || context === undefined) return setChosen(undefined);
		let current = true;
		setChosen((before) => before ?? { kind: "reading" });
		void open(file, context).then((opened) => {
			if (current) setChosen(opened);
		});
		return () => {
			current = false;
		};
	}, [file, context]);
	/** Only what passed every check. */
	const made = useMemo(
		() =>
			chosen?.kind === "checked" && chosen.checks.every(({ problem }) => problem === undefined)
				? chosen.made
				: undefined,
		[chosen],
	);
	return { file, choose: setFile, chosen, made };
};
