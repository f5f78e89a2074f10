/** The secret of a Groth16 setup (Groth, EUROCRYPT 2016, section 3.2). Whoever knows it can forge any proof. */
import { randomBytes } from "node:crypto";
import { FIELD_ORDER, Fr } from "../../../worker/protocol/field.ts";

/** Elements of [1, r). In memory only, for as long as a key is being made. */
export type Trapdoor = {
	readonly tau: bigint;
	readonly alpha: bigint;
	readonly beta: bigint;
	readonly gamma: bigint;
	readonly delta: bigint;
};

const randomElement = (): bigint => {
	// 64 bytes reduced mod r: the bias is below 2^-250.
	const element = BigInt(`0x${randomBytes(64).toString("hex")}`) % FIELD_ORDER;
	return element === 0n ? randomElement() : element;
};

/** A fresh trapdoor whose tau is no point of the evaluation domains (2^28 of 2^254 elements are). */
export const randomTrapdoor = (): Trapdoor => {
	const tau = randomElement();
	if (Fr.pow(tau, 2n ** 28n) === 1n) return randomTrapdoor();
	return { tau, alpha: randomElement(), beta: randomElement(), gamma: randomElement(), delta: randomElement() };
};
