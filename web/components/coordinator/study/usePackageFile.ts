"use client";

import { useEffect, useMemo, useState } from "react";
import type { Check, CheckContext, packageChecks } from "@/lib/coordinator/packageChecks.ts";
import type { placePackage } from "../../../../worker/core/placePackage.ts";
import type { PlacedPackage, StudyPackage } from "../../../../worker/core/studyPackage.ts";
import { type ShownError, shownError } from "../../states/ErrorState.tsx";

type Opened =
	| { readonly kind: "reading" }
	| { readonly kind: "refused"; readonly problem: ShownError }
	| {
			readonly kind: "opened";
			readonly made: StudyPackage;
			readonly check: typeof packageChecks;
			readonly place: typeof placePackage;
	  };

export type ChosenPackage =
	| Exclude<Opened, { kind: "opened" }>
	| { readonly kind: "checked"; readonly made: PlacedPackage; readonly checks: readonly Check[] };

const open = async (file: File): Promise<Opened> => {
	try {
		// Curves and hashes: not needed before there is a package.
		const [{ MOST_PACKAGE_BYTES, packageInvalid, parseStudyPackage }, { packageChecks }, { placePackage }] =
			await Promise.all([
				import("../../../../worker/core/studyPackage.ts"),
				import("@/lib/coordinator/packageChecks.ts"),
				import("../../../../worker/core/placePackage.ts"),
			]);
		if (file.size > MOST_PACKAGE_BYTES) {
			throw packageInvalid(`${file.name} has ${file.size} bytes; a package has at most ${MOST_PACKAGE_BYTES}`);
		}
		return { kind: "opened", made: parseStudyPackage(await file.text()), check: packageChecks, place: placePackage };
	} catch (error) {
		return { kind: "refused", problem: shownError(error) };
	}
};

/** The package's file, read once, and what its checks say of it, for the study's file and the chain's studies as they are now. */
export const usePackageFile = (context: CheckContext | undefined) => {
	const [file, setFile] = useState<File | null>(null);
	const [opened, setOpened] = useState<Opened>();
	useEffect(() => {
		if (file === null) return setOpened(undefined);
		let current = true;
		setOpened({ kind: "reading" });
		void open(file).then((result) => {
			if (current) setOpened(result);
		});
		return () => {
			current = false;
		};
	}, [file]);
	const chosen = useMemo((): ChosenPackage | undefined => {
		if (opened?.kind !== "opened") return opened;
		const { made, check, place } = opened;
		if (context === undefined) return undefined;
		return { kind: "checked", made: place(made, context), checks: check(made, context) };
	}, [opened, context]);
	/** Only what passed every check. */
	const made =
		chosen?.kind === "checked" && chosen.checks.every(({ problem }) => problem === undefined) ? chosen.made : undefined;
	return { file, choose: setFile, chosen, made };
};
