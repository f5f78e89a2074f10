// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry, StudyParameters} from "../../contracts/interfaces/IModelRegistry.sol";
import {Phase} from "../../contracts/interfaces/RoundTypes.sol";
import {VerifierDouble} from "../../contracts/test/VerifierDouble.sol";
import {Consortium} from "./invariants/Consortium.sol";
import {VM} from "./invariants/Vm.sol";

/// @title What rounds come to, whoever is absent or lies
contract RoundPhasesTest is Consortium {
    function setUp() public {
        _deploy();
    }

    /// @notice With t honest members in any order, a round with enough updates always finalizes with the honest model.
    function testFuzz_honestMajorityFinalizes(uint256 seed) public {
        uint256 roundId = _open(1, seed);
        uint256 count = 3 + ((seed >> 8) % 3);
        for (uint256 i = 0; i < count; ++i) {
            _submit(roundId, ((seed % HOSPITALS) + i) % HOSPITALS, true);
        }
        address[] memory committee = _committee(1, seed);
        uint256 silent = (seed >> 16) % committee.length;
        for (uint256 i = 0; i < committee.length; ++i) {
            if (i != silent) _confirmMany(roundId, uint160(committee[i]) - uint160(_member(0)), HOSPITALS);
        }
        VM.warp(block.timestamp + (count < HOSPITALS ? PHASE + 1 : 1));
        rounds.freeze(roundId);
        for (uint256 i = 0; i < committee.length; ++i) {
            if (i != silent) _post(roundId, uint160(committee[i]) - uint160(_member(0)));
        }
        VM.prank(committee[silent]);
        rounds.attest(roundId, 666, keccak256("lie"));
        for (uint256 i = 0; i < committee.length; ++i) {
            if (i == silent) continue;
            VM.prank(committee[i]);
            rounds.attest(roundId, 2, keccak256("model"));
        }
        require(rounds.roundOf(roundId).phase == Phase.Finalized, "not finalized");
        require(rounds.roundOf(roundId).updateCount == count, "an update was left out");
        require(models.modelOf(models.currentModel(1)).commitment == 2, "not the honest model");
    }

    /// @notice Past any deadline someone can always end the phase: no round hangs, and the next one opens.
    function testFuzz_noRoundHangs(uint256 seed) public {
        uint256 roundId = _open(1, seed);
        for (uint256 step = 0; step < seed % 30; ++step) {
            seed = uint256(keccak256(abi.encode(seed, step)));
            try this.act(roundId, seed % 6, (seed >> 8) % 5) {} catch {}
            VM.warp(block.timestamp + ((seed >> 16) % 60));
        }
        for (uint256 turn = 0; turn < 3 && rounds.activeRound(1) != 0; ++turn) {
            VM.warp(rounds.roundOf(roundId).deadline + PHASE / 2 + 1);
            try rounds.freeze(roundId) {} catch {
                rounds.fail(roundId);
            }
        }
        require(rounds.activeRound(1) == 0, "the round hangs");
        _open(1, seed);
    }

    function act(uint256 roundId, uint256 action, uint256 who) external {
        require(msg.sender == address(this), "only this contract");
        if (action == 0) _submit(roundId, who, true);
        else if (action == 1) _confirmMany(roundId, who, HOSPITALS);
        else if (action == 2) rounds.freeze(roundId);
        else if (action == 3) _post(roundId, who);
        else if (action == 4) _attest(roundId, who, 10);
        else rounds.fail(roundId);
    }

    /// @notice Off development chains: at least three updates, data sets of some size, and no development keys, neither of updates nor of key sums.
    function test_otherChainsRefuseSmallRoundsAndDevelopmentKeys() public {
        CeremonyKeys ceremony = new CeremonyKeys();
        StudyParameters memory study = _study(3, 3, 2, 2);
        models.createStudy(study, 1, keccak256("initial"));
        VM.chainId(11155111);
        study.nameHash = keccak256("third");
        VM.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry__MinUpdates.selector, 2, 3, 64));
        models.createStudy(study, 1, keccak256("initial"));
        study.minUpdates = 3;
        _requireSmallDataSetsRefused(study);
        study.minSamples = 32;
        study.minBatches = 4;
        _requireDevelopmentVerifierRefused(study);
        study.updateVerifier = address(ceremony);
        _requireDevelopmentVerifierRefused(study);
        (study.updateVerifier, study.keySumVerifier) = (study.keySumVerifier, study.updateVerifier);
        _requireDevelopmentVerifierRefused(study);
        study.updateVerifier = address(ceremony);
        models.createStudy(study, 1, keccak256("initial"));
        VM.expectRevert(
            abi.encodeWithSelector(VerifierDouble.VerifierDouble__NotDevelopmentChain.selector, uint256(11155111))
        );
        new VerifierDouble(keccak256("train"), keccak256("encrypt"), keccak256("key sum"));
    }

    function _requireSmallDataSetsRefused(StudyParameters memory study) private {
        bytes4 outOfRange = IModelRegistry.ModelRegistry__OutOfRange.selector;
        (study.minSamples, study.minBatches) = (31, 4);
        VM.expectRevert(abi.encodeWithSelector(outOfRange, bytes32("minSamples"), 31, 32, 64));
        models.createStudy(study, 1, keccak256("initial"));
        (study.minSamples, study.minBatches) = (32, 3);
        VM.expectRevert(abi.encodeWithSelector(outOfRange, bytes32("minBatches"), 3, 4, 8));
        models.createStudy(study, 1, keccak256("initial"));
    }

    function _requireDevelopmentVerifierRefused(StudyParameters memory study) private {
        VM.expectRevert(
            abi.encodeWithSelector(
                IModelRegistry.ModelRegistry__DevelopmentVerifier.selector,
                address(verifier),
                uint256(11155111)
            )
        );
        models.createStudy(study, 1, keccak256("initial"));
    }

    /// @notice The same round on another chain has other contexts.
    function testFuzz_contextDependsOnChainAndHospital(uint64 chain, address hospital) public {
        uint256 roundId = _open(1, 0);
        uint256 context = rounds.contextOf(roundId, _hospital(0));
        require(
            hospital == _hospital(0) || rounds.contextOf(roundId, hospital) != context,
            "same for another hospital"
        );
        if (chain == 0 || chain == block.chainid) return;
        VM.chainId(chain);
        require(rounds.contextOf(roundId, _hospital(0)) != context, "same on another chain");
    }
}

/// @title What a study asks of verifiers with the keys of a ceremony
contract CeremonyKeys {
    bytes32 public constant TRAIN_VK_HASH = keccak256("train");
    bytes32 public constant ENCRYPT_VK_HASH = keccak256("encrypt");
    bytes32 public constant VK_HASH = keccak256("key sum");
    bool public constant DEVELOPMENT_ONLY = false;
}
