/** What verifying an update's proofs costs: in one batch, and one by one with snarkjs' verifiers. */
import type { NetworkConnection } from "hardhat/types/network";
import { type Address, encodeFunctionData, type Hex, parseAbi } from "viem";
import { ENCRYPT_UPDATE_SIGNALS, TRAIN_SEGMENT_SIGNALS } from "../../../worker/protocol/publicSignals.ts";
import { element } from "./provenRound.ts";
import {
	deployBytecode,
	proveFullBytes,
	SIMULATED,
	simulatedBytecode,
	snarkjsCall,
	updateVerifierAbi,
} from "./simulatedVerifiers.ts";

export type VerifierGas = {
	readonly segments: number;
	/** Gas of the calls alone, without a transaction's own. */
	readonly batch: bigint;
	readonly oneByOne: bigint;
};

const meterAbi = parseAbi(["function gasOf(address target, bytes data) view returns (uint256 gas, bool answer)"]);

/** @param counts numbers of training proofs; each comes with one encryption proof */
export const measureVerifiers = async (
	connection: NetworkConnection,
	counts: readonly number[],
): Promise<readonly VerifierGas[]> => {
	const codes = simulatedBytecode();
	const client = await connection.viem.getPublicClient();
	const deploy = (code: Hex) => deployBytecode(connection, code);
	const [update, train, encrypt] = [
		await deploy(codes.update),
		await deploy(codes.snarkjsTrain),
		await deploy(codes.snarkjsEncrypt),
	];
	const { address: meter } = await connection.viem.deployContract("GasMeter");
	const gasOf = async (target: Address, data: Hex): Promise<bigint> => {
		const args = [target, data] as const;
		const [gas, answer] = await client.readContract({ address: meter, abi: meterAbi, functionName: "gasOf", args });
		if (!answer) throw new Error("a verifier refused a valid proof");
		return gas;
	};
	const statement = (label: string, count: number) =>
		Array.from({ length: count }, (_, index) => element(`${label} ${index}`));
	const rows: VerifierGas[] = [];
	for (const segments of counts) {
		const trained = Array.from({ length: segments }, (_, index) => {
			const signals = statement(`segment ${index}`, TRAIN_SEGMENT_SIGNALS.length);
			return { signals, proof: proveFullBytes(SIMULATED.train, signals) };
		});
		const signals = statement("encryption", ENCRYPT_UPDATE_SIGNALS.length);
		const proof = proveFullBytes(SIMULATED.encrypt, signals);
		const args = [trained.map((one) => one.proof), trained.map((one) => one.signals), proof, signals] as never;
		const batch = await gasOf(
			update,
			encodeFunctionData({ abi: updateVerifierAbi, functionName: "verifyUpdate", args }),
		);
		let oneByOne = await gasOf(encrypt, snarkjsCall(proof, signals));
		for (const one of trained) oneByOne += await gasOf(train, snarkjsCall(one.proof, one.signals));
		rows.push({ segments, batch, oneByOne });
	}
	return rows;
};
