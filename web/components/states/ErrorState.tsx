"use client";

import { Box, Button, Code, Group, Text } from "@mantine/core";
import { CircleX } from "lucide-react";
import { capitalized } from "@/lib/words/capitalized.ts";
import classes from "./states.module.css";

export type ShownError = { readonly code: string; readonly message: string; readonly nextStep: string };

/** A coded error: what is wrong, what to do, the stable code. Anything else is a fault of the program. */
export const shownError = (error: unknown): ShownError =>
	typeof error === "object" && error !== null && "code" in error && "message" in error && "nextStep" in error
		? { code: String(error.code), message: String(error.message), nextStep: String(error.nextStep) }
		: {
				code: "UNEXPECTED",
				message: "A fault of this page.",
				nextStep: "Load the page again; if it stays, report it.",
			};

type ErrorStateProps = { readonly error: unknown; readonly onRetry?: (() => void) | undefined };

export const ErrorState = ({ error, onRetry }: ErrorStateProps) => {
	const { code, message, nextStep } = shownError(error);
	return (
		<Box role="alert" className={classes.failure}>
			<Group gap="xs" wrap="nowrap" align="flex-start">
				<CircleX aria-hidden size={20} className={classes.failureIcon} />
				<div>
					<Text fw={600} className={classes.failureTitle}>
						{capitalized(message)}
					</Text>
					<Text mt={4}>{nextStep}</Text>
					<Group mt="sm" gap="sm">
						<Code>{code}</Code>
						{onRetry === undefined ? null : (
							<Button size="xs" variant="default" onClick={onRetry}>
								Try again
							</Button>
						)}
					</Group>
				</div>
			</Group>
		</Box>
	);
};
