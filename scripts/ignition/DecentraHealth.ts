/** What is deployed: the registries and the round manager once, and per study the verifiers of its circuits. */
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { studyInstanceName } from "../../worker/protocol/circuitNames.ts";

/** The deployer becomes the owner (coordinator) of all three; ownership moves in two steps (Ownable2Step). */
export const decentraHealthModule = buildModule("DecentraHealth", (m) => {
	const owner = m.getAccount(0);
	const poseidonT4 = m.library("PoseidonT4");
	const modelRegistry = m.contract("ModelRegistry", [owner]);
	const hospitalRegistry = m.contract("HospitalRegistry", [owner, modelRegistry]);
	const roundManager = m.contract("RoundManager", [owner, modelRegistry, hospitalRegistry], {
		libraries: { PoseidonT4: poseidonT4 },
	});
	m.call(modelRegistry, "setRoundManager", [roundManager]);
	m.call(hospitalRegistry, "setRoundManager", [roundManager]);
	return { modelRegistry, hospitalRegistry, roundManager };
});

/** The generated verifiers of a study; their constructors refuse development keys off development chains. */
export const studyVerifiersModule = (study: string) => {
	const instance = studyInstanceName(study);
	return buildModule(`${instance}Verifiers`, (m) => ({
		updateVerifier: m.contract(`Update${instance}Verifier`),
		keySumVerifier: m.contract(`KeySum${instance}Verifier`),
	}));
};
