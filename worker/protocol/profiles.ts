/** The shared numbers of circuits/profiles/*.json, typed. */
import fixedPointJson from "../../circuits/profiles/fixed-point.json" with { type: "json" };
import standardJson from "../../circuits/profiles/standard.json" with { type: "json" };

export const fixedPoint = fixedPointJson;

/** Ring, noise and sharing parameters of one encryption profile; see docs/PROTOCOL.md section 3. */
export type Profile = Readonly<Omit<typeof standardJson, "modulus">> & {
	readonly modulus: bigint;
	/** Number K of packed key elements that are shared: ceil(N / sharePackCount). */
	readonly keyElements: number;
};

export const standardProfile: Profile = {
	...standardJson,
	modulus: BigInt(standardJson.modulus),
	keyElements: Math.ceil(standardJson.ringDegree / standardJson.sharePackCount),
};
