import assert from "node:assert/strict";
import { it } from "node:test";
import { centredPublicPolynomial } from "../../../worker/core/ring/publicPolynomial.ts";
import type { Profile } from "../../../worker/protocol/profiles.ts";
import { assertAccepted } from "../../support/circuits/forge.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { encryptionCase, smallProfile } from "../../support/encryptionInstance.ts";

const MOST_MEMBERS = 7;
const WEIGHTS = 2;

/** Four coefficients, two shared elements: what does not depend on the committee is small. */
const profile: Profile = { ...smallProfile, ringDegree: 4, sharePackCount: 2, keyElements: 2 };

/** Every committee of up to 7 members with every threshold above half of them. */
const SIZES = Array.from({ length: MOST_MEMBERS - 1 }, (_, index) => index + 2).flatMap((members) =>
	Array.from({ length: Math.ceil(members / 2) }, (_, index) => ({
		members,
		threshold: Math.floor(members / 2) + 1 + index,
	})),
);

const NAMES = [
	"context",
	"bundleDigest",
	"sampleCount",
	"weightsCommitment",
	"committeeKeysDigest",
	"baseCommitment",
	"salt",
	"rho",
];
const VECTORS = ["w", "s", "e", "r"];

/**
 * All sizes in one circuit, which compiles in a third of the time of 15: the inputs by case, padded to the largest committee. No array of
 * components: the compiler fails on one whose elements have signals of length 0, as the base weights without a bound are.
 */
const source = `template EverySize() {
	${NAMES.map((name) => `signal input ${name}[${SIZES.length}];`).join(" ")}
	signal input s[${SIZES.length}][${profile.ringDegree}];
	${["w", "e", "r"].map((name) => `signal input ${name}[${SIZES.length}][${WEIGHTS}];`).join(" ")}
	signal input shareCoefficients[${SIZES.length}][${profile.keyElements}][${MOST_MEMBERS - 1}];
	signal input memberKeys[${SIZES.length}][${MOST_MEMBERS}][2];
	signal output out[${SIZES.length}][4];
	${SIZES.map(
		({ members, threshold }, index) => `
	component update${index} = EncryptUpdateOver(
		${profile.ringDegree}, [${centredPublicPolynomial(profile)}], ${WEIGHTS}, ${members}, ${threshold}, ${profile.sharePackCount}, 0
	);
	for (var k = 0; k < ${profile.keyElements}; k++) {
		for (var d = 0; d < ${threshold - 1}; d++) {
			update${index}.shareCoefficients[k][d] <== shareCoefficients[${index}][k][d];
		}
	}
	for (var j = 0; j < ${members}; j++) { update${index}.memberKeys[j] <== memberKeys[${index}][j]; }
	${[...NAMES, ...VECTORS].map((name) => `update${index}.${name} <== ${name}[${index}];`).join(" ")}
	out[${index}] <== [update${index}.gamma, update${index}.y, update${index}.y2, update${index}.shareDigest];`,
	).join("")}
}`;

const padded = <T>(values: readonly T[], length: number, padding: T): readonly T[] =>
	Array.from({ length }, (_, index) => values[index] ?? padding);

it("EncryptUpdate agrees with the reference for every committee of up to 7 members and every threshold above half", async () => {
	assert.equal(SIZES.length, 15);
	const circuit = await testCircuit({
		include: "circuits/encryption/EncryptUpdateOver.circom",
		template: "EverySize",
		source,
	});
	const cases = SIZES.map(({ members, threshold }) =>
		encryptionCase({ profile, weightCount: WEIGHTS, members, threshold }, `${members} members, ${threshold} needed`),
	);
	const inputs = cases.map(({ input }) => ({
		...input,
		shareCoefficients: input.shareCoefficients.map((row) => padded(row, MOST_MEMBERS - 1, 0n)),
		memberKeys: padded(input.memberKeys, MOST_MEMBERS, [0n, 0n]),
	}));
	const [first] = inputs;
	assert.ok(first !== undefined);
	const names = Object.keys(first) as (keyof typeof first)[];
	const input = Object.fromEntries(names.map((name) => [name, inputs.map((one) => one[name])]));
	const witness = await assertAccepted(circuit, input);
	assert.deepEqual(
		circuit.values(witness, "out"),
		cases.flatMap(({ outputs: { gamma, y, y2, shareDigest } }) => [gamma, y, y2, shareDigest]),
	);
});
