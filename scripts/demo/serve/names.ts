/** Names of a demo's participants: for programs, for people, and those whose wallet is in a person's hands. */
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import type { Place } from "../../consortium/places.ts";

/** Made up, as the split into hospitals is. */
const HOSPITALS = [
	"St. Anna",
	"Lakeside",
	"Northgate",
	"St. Brigid",
	"Hillcrest",
	"Riverside",
	"St. Clement",
	"Eastwood",
	"Harbour",
	"St. Denis",
	"Meadowbank",
	"Westfield",
];
const MEMBERS = ["Patients' council", "Data trust", "University", "Health agency", "Ethics board"];

/** Who signs by hand when nobody is named. */
export const DEFAULT_BY_HAND: readonly string[] = ["hospital-1", "coordinator"];

const numbered = (known: readonly string[], index: number, fallback: string): string =>
	`${known[index] ?? `${fallback} ${index + 1}`} (${fallback} ${index + 1})`;

type Named = Pick<Place, "name" | "role"> & { readonly title: string };

export const namesOf = (hospitals: number, members: number): readonly Named[] => [
	{ name: "coordinator", role: "coordinator", title: "Consortium office (coordinator)" },
	...Array.from(
		{ length: hospitals },
		(_, index): Named => ({
			name: `hospital-${index + 1}`,
			role: "hospital",
			title: numbered(HOSPITALS, index, "hospital"),
		}),
	),
	...Array.from(
		{ length: members },
		(_, index): Named => ({
			name: `member-${index + 1}`,
			role: "committee",
			title: numbered(MEMBERS, index, "member"),
		}),
	),
];

/**
 * @param asked names, or "all" or "none" alone; undefined: {@link DEFAULT_BY_HAND}
 * @throws DecentraHealthError CONFIG_INVALID for a name that nobody has
 */
export const namesByHand = (
	asked: readonly string[] | undefined,
	{ hospitals, members }: { readonly hospitals: number; readonly members: number },
): ReadonlySet<string> => {
	const known = namesOf(hospitals, members).map(({ name }) => name);
	if (asked === undefined) return new Set(DEFAULT_BY_HAND);
	const [first] = asked;
	if (asked.length === 1 && first === "all") return new Set(known);
	if (asked.length === 1 && first === "none") return new Set();
	const unknown = asked.filter((name) => !known.includes(name));
	if (unknown.length === 0) return new Set(asked);
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: `--by-hand: nobody is called ${unknown.join(", ")}`,
		nextStep: `Name some of ${known.join(", ")}, or "all" or "none".`,
	});
};
