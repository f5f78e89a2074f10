// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IHospitalRegistry} from "./interfaces/IHospitalRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {RoundAttestations} from "./rounds/RoundAttestations.sol";
import {RoundAvailability} from "./rounds/RoundAvailability.sol";
import {RoundChallenges} from "./rounds/RoundChallenges.sol";
import {RoundEndings} from "./rounds/RoundEndings.sol";
import {RoundKeySums} from "./rounds/RoundKeySums.sol";
import {RoundOpening} from "./rounds/RoundOpening.sol";
import {RoundStorage} from "./rounds/RoundStorage.sol";
import {RoundSubmissions} from "./rounds/RoundSubmissions.sol";

/// @title RoundManager
/// @dev External calls go to the two registries and, as static calls, to a study's verifiers: contracts the owner chose. State that
/// guards an action is written before any call that could change state.
contract RoundManager is
    RoundOpening,
    RoundSubmissions,
    RoundChallenges,
    RoundAvailability,
    RoundKeySums,
    RoundAttestations,
    RoundEndings
{
    constructor(
        address owner,
        IModelRegistry modelRegistry,
        IHospitalRegistry hospitalRegistry
    ) RoundStorage(modelRegistry, hospitalRegistry) Ownable(owner) {}
}
