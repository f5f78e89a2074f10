/** circuits/generated/FixedPoint.circom: circuits/profiles/fixed-point.json as Circom functions FIXED_*. */
import { fixedPoint } from "../../worker/protocol/profiles.ts";
import { upperSnake } from "./upperSnake.ts";

/** The file's text after its header; domains are in Domains.circom. */
export const fixedPointConstants = (): string => {
	const numbers = Object.entries(fixedPoint).flatMap(([name, value]) =>
		typeof value === "number" ? [`function FIXED_${upperSnake(name)}() {\n    return ${value};\n}\n`] : [],
	);
	const tables = (["sigmoidCoefficients", "exponentialCoefficients"] as const).map((name) => {
		const rows = fixedPoint[name].map((row) => `        [${row.join(", ")}]`);
		return `function FIXED_${upperSnake(name)}() {\n    return [\n${rows.join(",\n")}\n    ];\n}\n`;
	});
	return [...numbers, "// Row k: the cubic of the interval [k, k + 1), lowest coefficient first.", ...tables].join(
		"\n",
	);
};
