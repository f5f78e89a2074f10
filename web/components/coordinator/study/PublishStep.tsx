"use client";

import { Text } from "@mantine/core";
import type { BlockState } from "@/lib/coordinator/publication.ts";
import type { StudyPackage } from "../../../../worker/core/studyPackage.ts";

type PublishStepProps = {
	readonly made: StudyPackage;
	readonly states: ReadonlyMap<string, BlockState>;
	readonly onChange: (change: (states: ReadonlyMap<string, BlockState>) => ReadonlyMap<string, BlockState>) => void;
};

export const PublishStep = ({ made }: PublishStepProps) => <Text>{made.blocks.length}</Text>;
