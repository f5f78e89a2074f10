"use client";

import { Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { approximateValues } from "@/lib/inference/predictions.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { PlainTable } from "../rounds/PlainTable.tsx";
import { Disclosure } from "../values/Disclosure.tsx";
import classes from "./models.module.css";

type RowInputsProps = { readonly study: Study; readonly inputs: Uint8Array; readonly where: string };

const Picture = ({ study: { input }, inputs, where }: RowInputsProps) => {
	const canvas = useRef<HTMLCanvasElement>(null);
	useEffect(() => {
		const context = canvas.current?.getContext("2d");
		if (context === null || context === undefined) return;
		const { height, width, channels } = input;
		const image = context.createImageData(width, height);
		for (let pixel = 0; pixel < width * height; pixel++) {
			for (let colour = 0; colour < 3; colour++) {
				image.data[4 * pixel + colour] = inputs[pixel * channels + (channels === 3 ? colour : 0)] ?? 0;
			}
			image.data[4 * pixel + 3] = 255;
		}
		context.putImageData(image, 0, 0);
	}, [input, inputs]);
	return (
		<canvas
			ref={canvas}
			width={input.width}
			height={input.height}
			className={classes.picture}
			role="img"
			aria-label={`Inputs of ${where} as a picture`}
		/>
	);
};

/** What the network sees of a row: a picture, or measurements as far as 8 bits hold them. */
export const RowInputs = (props: RowInputsProps) => {
	const [shown, setShown] = useState(false);
	const { study, inputs, where } = props;
	const values = approximateValues(inputs, study);
	if (values.length === 0) return <Picture {...props} />;
	return (
		<Disclosure label={`the inputs of ${where}`} shown={shown} onToggle={() => setShown(!shown)}>
			{() => (
				<>
					<Text size="sm" c="dimmed" my="xs">
						The network sees each measurement as a number from 0 to 255; the values are what these stand for.
					</Text>
					<PlainTable
						caption={`Inputs of ${where}`}
						head={["Column", "Input (0 to 255)", "Stands for about"]}
						rows={values.map(({ name, value }, index) => ({
							key: name,
							cells: [name, inputs[index], value.toPrecision(3)],
						}))}
					/>
				</>
			)}
		</Disclosure>
	);
};
