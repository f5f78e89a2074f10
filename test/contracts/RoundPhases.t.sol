// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {HospitalRegistry} from "../../contracts/HospitalRegistry.sol";
import {ModelRegistry} from "../../contracts/ModelRegistry.sol";
import {RoundManager} from "../../contracts/RoundManager.sol";
import {Profile} from "../../contracts/generated/Profile.sol";
import {IModelRegistry, StudyParameters} from "../../contracts/interfaces/IModelRegistry.sol";
import {
    AvailableUpdate,
    Durations,
    EncryptionProof,
    FailureReason,
    KeySumProof,
    Phase,
    Round,
    SegmentProof
} from "../../contracts/interfaces/RoundTypes.sol";
import {VerifierDouble} from "../../contracts/test/VerifierDouble.sol";

interface Vm {
    function prank(address sender) external;
    function warp(uint256 timestamp) external;
    function roll(uint256 blockNumber) external;
    function chainId(uint256 id) external;
    function expectRevert(bytes calldata data) external;
}

/// @title Random walks through the phase machine
/// @notice Whatever anyone calls, in any order and at any time, the rounds keep their rules.
contract RoundPhasesTest {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant HOSPITALS = 4;
    uint256 private constant MEMBERS = 3;

    ModelRegistry private models;
    HospitalRegistry private hospitals;
    RoundManager private rounds;
    VerifierDouble private verifier;

    /// @dev What the walk has seen of the current round.
    Phase private lastPhase;
    bytes32 private frozenSetDigest;
    uint256 private lastRoundId;
    uint256 private lastModelId;

    function setUp() public {
        models = new ModelRegistry(address(this));
        hospitals = new HospitalRegistry(address(this), models);
        rounds = new RoundManager(address(this), models, hospitals);
        models.setRoundManager(address(rounds));
        hospitals.setRoundManager(address(rounds));
        verifier = new VerifierDouble(keccak256("train"), keccak256("encrypt"), keccak256("key sum"));
        models.createStudy(_study(), 1, keccak256("initial"));
        for (uint256 i = 0; i < HOSPITALS; ++i) {
            hospitals.admitHospital(_hospital(i));
            VM.prank(_hospital(i));
            hospitals.commitDataset(1, i, 8, 1);
        }
        for (uint256 i = 0; i < MEMBERS; ++i) {
            hospitals.admitMember(_member(i));
            (uint256 x, uint256 y, uint256 qx, uint256 qy) = _shareKey(i);
            VM.prank(_member(i));
            hospitals.registerShareKey(x, y, qx, qy);
        }
        VM.roll(block.number + 1);
    }

    /// @notice 64 random calls by random callers at random times.
    function testFuzz_phasesOnlyMoveForward(uint256 seed) public {
        for (uint256 step = 0; step < 64; ++step) {
            seed = uint256(keccak256(abi.encode(seed, step)));
            _act(seed);
            _check();
        }
    }

    /// @notice With honest callers in any order, a round with enough updates always finalizes with the honest model.
    function testFuzz_honestMajorityFinalizes(uint256 seed) public {
        uint256 roundId = rounds.openRound(1, _committee(seed), Durations(100, 50, 100, 100));
        uint256 first = seed % HOSPITALS;
        uint256 count = 3 + ((seed >> 8) % 2);
        for (uint256 i = 0; i < count; ++i) {
            _submit(roundId, (first + i) % HOSPITALS);
        }
        uint256 silent = (seed >> 16) % MEMBERS;
        for (uint256 i = 0; i < MEMBERS; ++i) {
            if (i == silent) continue;
            for (uint8 position = 0; position < count; ++position) _confirm(roundId, i, position);
        }
        VM.warp(block.timestamp + (count < HOSPITALS ? 101 : 1));
        rounds.freeze(roundId);
        for (uint256 i = 0; i < MEMBERS; ++i) {
            if (i == silent) continue;
            _post(roundId, i);
        }
        VM.prank(_member(silent));
        rounds.attest(roundId, 666, keccak256("lie"));
        for (uint256 i = 0; i < MEMBERS; ++i) {
            if (i == silent) continue;
            VM.prank(_member(i));
            rounds.attest(roundId, 2, keccak256("model"));
        }
        require(rounds.roundOf(roundId).phase == Phase.Finalized, "not finalized");
        require(models.modelOf(models.currentModel(1)).commitment == 2, "not the honest model");
    }

    /// @notice Past any deadline someone can always end the phase: no round hangs.
    function testFuzz_noRoundHangs(uint256 seed) public {
        uint256 roundId = rounds.openRound(1, _committee(seed), Durations(100, 50, 100, 100));
        for (uint256 step = 0; step < seed % 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed, step)));
            _act(seed);
        }
        roundId = rounds.activeRound(1);
        for (uint256 turn = 0; turn < 2 && roundId != 0; ++turn) {
            VM.warp(rounds.roundOf(roundId).deadline + 51);
            try rounds.freeze(roundId) {} catch {
                rounds.fail(roundId);
            }
            roundId = rounds.activeRound(1);
        }
        require(roundId == 0, "the round hangs");
        rounds.openRound(1, _committee(seed), Durations(100, 50, 100, 100));
    }

    /// @notice Off development chains: at least three updates, and no development keys.
    function test_otherChainsRefuseSmallRoundsAndDevelopmentKeys() public {
        StudyParameters memory study = _study();
        study.nameHash = keccak256("other");
        study.minUpdates = 2;
        models.createStudy(study, 1, keccak256("initial"));
        VM.chainId(11155111);
        study.nameHash = keccak256("third");
        VM.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry__MinUpdates.selector, 2, 3, 64));
        models.createStudy(study, 1, keccak256("initial"));
        study.minUpdates = 3;
        VM.expectRevert(
            abi.encodeWithSelector(
                IModelRegistry.ModelRegistry__DevelopmentVerifier.selector,
                address(verifier),
                uint256(11155111)
            )
        );
        models.createStudy(study, 1, keccak256("initial"));
        VM.expectRevert(
            abi.encodeWithSelector(VerifierDouble.VerifierDouble__NotDevelopmentChain.selector, uint256(11155111))
        );
        new VerifierDouble(keccak256("train"), keccak256("encrypt"), keccak256("key sum"));
    }

    /// @notice The same round on another chain has other contexts.
    function testFuzz_contextDependsOnChainAndHospital(uint64 chain, address hospital) public {
        uint256 roundId = rounds.openRound(1, _committee(0), Durations(100, 50, 100, 100));
        uint256 context = rounds.contextOf(roundId, _hospital(0));
        require(
            hospital == _hospital(0) || rounds.contextOf(roundId, hospital) != context,
            "same for another hospital"
        );
        if (chain == 0 || chain == block.chainid) return;
        VM.chainId(chain);
        require(rounds.contextOf(roundId, _hospital(0)) != context, "same on another chain");
    }

    /// @dev One random call; refusals are part of the walk.
    function _act(uint256 seed) private {
        uint256 roundId = rounds.roundCount();
        uint256 who = (seed >> 8) % 4;
        uint256 action = seed % 10;
        // Mostly the round's own calls, now and then the passing of time.
        if (action == 0) VM.warp(block.timestamp + ((seed >> 16) % 60));
        else if (action == 1) try rounds.openRound(1, _committee(seed), Durations(100, 50, 100, 100)) {} catch {}
        else if (action <= 3) try this.submitAs(roundId, who) {} catch {}
        else if (action == 4) try rounds.freeze(roundId) {} catch {}
        else if (action == 5) try rounds.fail(roundId) {} catch {}
        else if (action == 6) try this.attestAs(roundId, who, 10 + ((seed >> 24) % 2)) {} catch {}
        else if (action == 7) try this.confirmAs(roundId, who, uint8((seed >> 24) % 5)) {} catch {}
        else try this.postAs(roundId, who) {} catch {}
        if (action == 3) VM.roll(block.number + 1);
    }

    function submitAs(uint256 roundId, uint256 who) external {
        _submit(roundId, who % HOSPITALS);
    }

    function confirmAs(uint256 roundId, uint256 who, uint8 position) external {
        _confirm(roundId, who, position);
    }

    function postAs(uint256 roundId, uint256 who) external {
        _post(roundId, who);
    }

    function attestAs(uint256 roundId, uint256 who, uint256 model) external {
        VM.prank(_member(who));
        rounds.attest(roundId, model, bytes32(model));
    }

    /// @dev The rules that hold after every call.
    function _check() private {
        uint256 roundId = rounds.roundCount();
        if (roundId == 0) return;
        Round memory round = rounds.roundOf(roundId);
        if (roundId != lastRoundId) {
            require(roundId == lastRoundId + 1, "round ids count");
            require(
                lastRoundId == 0 || rounds.activeRound(1) == roundId || round.phase > Phase.Opened,
                "two active rounds"
            );
            lastPhase = Phase.Open;
            frozenSetDigest = bytes32(0);
            lastRoundId = roundId;
        }
        require(round.phase >= lastPhase, "a phase went back");
        require(lastPhase < Phase.Finalized || round.phase == lastPhase, "an ended round changed");
        if (frozenSetDigest != bytes32(0)) require(round.frozenSetDigest == frozenSetDigest, "frozen twice");
        if (round.phase >= Phase.Frozen && round.phase <= Phase.Finalized) {
            require(round.updateCount >= round.minUpdates, "frozen with too few");
            require(round.frozenSetDigest != bytes32(0), "frozen without a digest");
        }
        if (round.phase == Phase.Opened || round.phase == Phase.Finalized) {
            require(round.keySumCount >= round.threshold, "opened with too few key sums");
        }
        if (round.phase == Phase.Frozen) require(round.keySumCount < round.threshold, "not opened in time");
        require(
            (round.phase == Phase.Failed) == (round.failureReason != FailureReason.None),
            "failure and reason differ"
        );
        bool active = round.phase < Phase.Finalized;
        require(rounds.activeRound(1) == (active ? roundId : 0), "active round");
        require(rounds.hospitalsOf(roundId).length == round.updateCount, "update count");
        require(round.sampleSum == 8 * uint256(round.updateCount), "sample sum");
        uint256 modelId = models.currentModel(1);
        if (modelId != lastModelId && lastModelId != 0) {
            require(round.phase == Phase.Finalized && lastPhase == Phase.Opened, "a model without finalizing");
            require(models.modelOf(modelId).parent == lastModelId, "lineage");
        }
        lastModelId = modelId;
        lastPhase = round.phase;
        frozenSetDigest = round.frozenSetDigest;
    }

    function _submit(uint256 roundId, uint256 index) private {
        SegmentProof[] memory segments = new SegmentProof[](1);
        segments[0].commitmentOut = index + 1;
        EncryptionProof memory encryption;
        for (uint256 i = 0; i < 8; ++i) {
            segments[0].proof[i] = encryption.proof[i] = i + 1;
        }
        VM.prank(_hospital(index));
        rounds.submitUpdate(roundId, keccak256(abi.encode(roundId, index)), segments, encryption);
    }

    function _confirm(uint256 roundId, uint256 who, uint8 position) private {
        AvailableUpdate[] memory updates = new AvailableUpdate[](1);
        address hospital = rounds.acceptedOf(roundId)[position].hospital;
        updates[0] = AvailableUpdate(position, rounds.updateOf(roundId, hospital).bundleDigest);
        VM.prank(_member(who));
        rounds.confirmAvailability(roundId, updates);
    }

    function _post(uint256 roundId, uint256 who) private {
        Round memory round = rounds.roundOf(roundId);
        KeySumProof[] memory proofs = new KeySumProof[]((round.updateCount + 1) / 2);
        if (proofs.length != 0) proofs[proofs.length - 1].maskOut = Profile.ZERO_MASK;
        uint256[] memory values = new uint256[](Profile.KEY_ELEMENTS);
        VM.prank(_member(who));
        rounds.postKeySum(roundId, round.frozenSetDigest, values, proofs);
    }

    function _committee(uint256 seed) private pure returns (address[] memory committee) {
        committee = new address[](MEMBERS);
        for (uint256 i = 0; i < MEMBERS; ++i) {
            committee[i] = _member((i + (seed >> 128)) % MEMBERS);
        }
    }

    function _study() private view returns (StudyParameters memory) {
        return
            StudyParameters({
                nameHash: keccak256("wdbc"),
                definitionDigest: keccak256("definition"),
                updateVerifier: address(verifier),
                learningRate: 512,
                batchSize: 8,
                stepsPerSegment: 5,
                epochs: 1,
                datasetDepth: 6,
                members: 3,
                threshold: 2,
                minUpdates: 3,
                keySumVerifier: address(verifier),
                keySumSlots: 2,
                weightCount: 61,
                profileId: 1
            });
    }

    function _hospital(uint256 index) private pure returns (address) {
        return address(uint160(0x1000 + index));
    }

    function _member(uint256 index) private pure returns (address) {
        return address(uint160(0x2000 + index));
    }

    /// @dev (index + 1) times EIP-2494's Base8, and a point of which it is 8 times; computed by test/support/contracts/shareKeys.ts.
    function _shareKey(uint256 index) private pure returns (uint256 x, uint256 y, uint256 qx, uint256 qy) {
        if (index == 0)
            return (
                5299619240641551281634865583518297030282874472190772894086521144482721001553,
                16950150798460657717958625567821834550301663161624707787222815936182638968203,
                14983708237372537934307712296172313237814584764465642185306010953083014944823,
                2997955667916190954169357132153638145915367433663202014407885436612035056202
            );
        if (index == 1)
            return (
                10031262171927540148667355526369034398030886437092045105752248699557385197826,
                633281375905621697187330766174974863687049529291089048651929454608812697683,
                203990482483156675068230835703292031633502506535406124252709076945833048267,
                1048358829829221351727397162013352281514141022385127976075550477634089632625
            );
        return (
            2763488322167937039616325905516046217694264098671987087929565332380420898366,
            15305195750036305661220525648961313310481046260814497672243197092298550508693,
            11990816471326702637674847057462476845377928173525908353219526134989696379935,
            10007113759011908401841513821870617431421466101279706484982799190602992484882
        );
    }
}
