"use client";

import { Box, Button, Code, Group, Text } from "@mantine/core";
import { CircleX } from "lucide-react";
import classes from "./states.module.css";

export type ShownError = { readonly code: string; readonly message: string; readonly nextStep: string };

/** A coded error: what is wrong, what to do, the stable code. Anything else is a fault of the program. */
export const shownError = (error: unknown): ShownError =>
	error instanceof Error && "code" in error && "nextStep" in error
		? { code: String(error.code), message: error.message, nextStep: String(error.nextStep) }
		: {
				code: "UNEXPECTED",
				message: "A fault of this page.",
				nextStep: "Load the page again; if it stays, report it.",
			};

/** Errors begin in lower case, as parts of a line in a terminal. */
const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

type ErrorStateProps = { readonly error: unknown; readonly onRetry?: (() => void) | undefined };

const isShown = (error: unknown): error is ShownError =>
	typeof error === "object" && error !== null && !(error instanceof Error) && "code" in error && "nextStep" in error;

export const ErrorState = ({ error, onRetry }: ErrorStateProps) => {
	const { code, message, nextStep } = isShown(error) ? error : shownError(error);
	return (
		<Box role="alert" className={classes.failure}>
			<Group gap="xs" wrap="nowrap" align="flex-start">
				<CircleX aria-hidden size={20} className={classes.failureIcon} />
				<div>
					<Text fw={600} className={classes.failureTitle}>
						{sentence(message)}
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
