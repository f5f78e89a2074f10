// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {HospitalRegistry} from "../../../contracts/HospitalRegistry.sol";
import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {RoundManager} from "../../../contracts/RoundManager.sol";
import {Profile} from "../../../contracts/generated/Profile.sol";
import {StudyParameters} from "../../../contracts/interfaces/IModelRegistry.sol";
import {
    Accepted,
    AvailableUpdate,
    Durations,
    EncryptionProof,
    Evaluation,
    KeySumProof,
    Phase,
    Round,
    SegmentProof
} from "../../../contracts/interfaces/RoundTypes.sol";
import {VerifierDouble} from "../../../contracts/test/VerifierDouble.sol";
import {VM} from "./Vm.sol";

/// @title The contracts with two studies, hospitals and members, and what these can do
abstract contract Consortium {
    uint256 internal constant STUDIES = 2;
    uint256 internal constant HOSPITALS = 5;
    /// @dev A pool from which committees are taken.
    uint256 internal constant MEMBERS = 5;
    uint32 internal constant PHASE = 100;
    uint256 internal constant WEIGHTS = 5;

    ModelRegistry public models;
    HospitalRegistry public hospitals;
    RoundManager public rounds;
    VerifierDouble internal verifier;

    function _deploy() internal {
        models = new ModelRegistry(address(this));
        hospitals = new HospitalRegistry(address(this), models);
        rounds = new RoundManager(address(this), models, hospitals);
        models.setRoundManager(address(rounds));
        hospitals.setRoundManager(address(rounds));
        verifier = new VerifierDouble(keccak256("train"), keccak256("encrypt"), keccak256("key sum"));
        models.createStudy(_study(1, 3, 2, 3), 1, keccak256("initial"));
        models.createStudy(_study(2, 4, 3, 2), 2, keccak256("initial"));
        for (uint256 i = 0; i < HOSPITALS; ++i) {
            hospitals.admitHospital(_hospital(i));
            _commit(i);
        }
        for (uint256 i = 0; i < MEMBERS; ++i) {
            hospitals.admitMember(_member(i));
            (uint256 x, uint256 y, uint256 qx, uint256 qy) = _shareKey(i);
            VM.prank(_member(i));
            hospitals.registerShareKey(x, y, qx, qy);
        }
        VM.roll(block.number + 1);
    }

    function _commit(uint256 hospital) internal {
        for (uint256 studyId = 1; studyId <= STUDIES; ++studyId) {
            VM.prank(_hospital(hospital));
            hospitals.commitDataset(studyId, hospital, 8 * uint32(hospital + 1), uint32(hospital + 1));
        }
    }

    function _open(uint256 studyId, uint256 seed) internal returns (uint256) {
        return rounds.openRound(studyId, _committee(studyId, seed), Durations(PHASE, PHASE / 2, PHASE));
    }

    /// @dev An honest hospital's bundle is what its evaluation says.
    function _submit(uint256 roundId, uint256 hospital, bool honest) internal {
        SegmentProof[] memory segments = new SegmentProof[](hospital + 1);
        segments[hospital].commitmentOut = hospital + 1;
        EncryptionProof memory encryption;
        encryption.y = honest ? 0 : 1;
        encryption.shareDigest = uint256(keccak256(abi.encode(roundId, hospital))) % Profile.FIELD_ORDER;
        bytes32 digest =
            _mayBeTaken(roundId, hospital) ? sha256(_bundle(roundId, _hospital(hospital))) : bytes32(uint256(1));
        VM.prank(_hospital(hospital));
        rounds.submitUpdate(roundId, digest, segments, encryption);
    }

    function _challenge(uint256 roundId, uint256 hospital, bool honest) internal {
        rounds.challengeUpdate(
            roundId,
            _hospital(hospital),
            _bundle(roundId, _hospital(hospital)),
            Evaluation(0, honest ? 0 : 1, 0)
        );
    }

    function _confirm(uint256 roundId, uint256 member, uint256 position) internal {
        AvailableUpdate[] memory updates = new AvailableUpdate[](1);
        updates[0] = _named(roundId, rounds.acceptedOf(roundId), position);
        VM.prank(_member(member));
        rounds.confirmAvailability(roundId, updates);
    }

    /// @dev All live updates but one that the member has not confirmed.
    function _confirmMany(uint256 roundId, uint256 member, uint256 without) internal {
        Accepted[] memory accepted = rounds.acceptedOf(roundId);
        uint256 index = rounds.seatOf(roundId, _member(member)).index;
        if (index == 0) return;
        uint256 count = 0;
        AvailableUpdate[] memory all = new AvailableUpdate[](accepted.length);
        for (uint256 i = 0; i < accepted.length; ++i) {
            if (i == without || accepted[i].removed || (accepted[i].confirmations >> (index - 1)) % 2 == 1) continue;
            all[count++] = _named(roundId, accepted, i);
        }
        AvailableUpdate[] memory updates = new AvailableUpdate[](count);
        for (uint256 i = 0; i < count; ++i) {
            updates[i] = all[i];
        }
        VM.prank(_member(member));
        rounds.confirmAvailability(roundId, updates);
    }

    function _named(
        uint256 roundId,
        Accepted[] memory accepted,
        uint256 position
    ) private view returns (AvailableUpdate memory) {
        address hospital = position < accepted.length ? accepted[position].hospital : address(0);
        return AvailableUpdate(uint8(position), rounds.updateOf(roundId, hospital).bundleDigest);
    }

    function _post(uint256 roundId, uint256 member) internal {
        Round memory round = rounds.roundOf(roundId);
        uint256 slots = models.parametersOf(round.studyId).keySumSlots;
        KeySumProof[] memory proofs = new KeySumProof[]((round.updateCount + slots - 1) / slots);
        if (proofs.length != 0) proofs[proofs.length - 1].maskOut = Profile.ZERO_MASK;
        uint256[] memory values = new uint256[](Profile.KEY_ELEMENTS);
        VM.prank(_member(member));
        rounds.postKeySum(roundId, round.frozenSetDigest, values, proofs);
    }

    function _attest(uint256 roundId, uint256 member, uint256 model) internal {
        VM.prank(_member(member));
        rounds.attest(roundId, model, bytes32(model));
    }

    function _attestAsHospital(uint256 roundId, uint256 hospital, uint256 model) internal {
        VM.prank(_hospital(hospital));
        rounds.attestAsHospital(roundId, model, bytes32(model));
    }

    /// @dev Spares the bundle of an update that is refused whatever it is.
    function _mayBeTaken(uint256 roundId, uint256 hospital) private view returns (bool) {
        return
            rounds.roundOf(roundId).phase == Phase.Open &&
            rounds.updateOf(roundId, _hospital(hospital)).bundleDigest == bytes32(0);
    }

    /// @dev All shares and coefficients 0: both polynomials are 0 at gamma 0.
    function _bundle(uint256 roundId, address hospital) internal view returns (bytes memory) {
        Round memory round = rounds.roundOf(roundId);
        uint256 rest = 2 * 32 + round.members * 32 + WEIGHTS * 8 + round.members * Profile.KEY_ELEMENTS * 32;
        return
            bytes.concat(
                "DHUB",
                abi.encodePacked(uint8(2), uint8(Profile.ID), round.members, round.threshold),
                bytes32(rounds.contextOf(roundId, hospital)),
                new bytes(rest)
            );
    }

    /// @dev Another part of the pool, in another order, for other seeds.
    function _committee(uint256 studyId, uint256 seed) internal view returns (address[] memory committee) {
        committee = new address[](models.parametersOf(studyId).members);
        uint256 step = 1 + ((seed >> 8) % (MEMBERS - 1));
        for (uint256 i = 0; i < committee.length; ++i) {
            committee[i] = _member(((seed % MEMBERS) + i * step) % MEMBERS);
        }
    }

    function _study(
        uint256 name,
        uint8 members,
        uint8 threshold,
        uint8 minUpdates
    ) internal view returns (StudyParameters memory) {
        return
            StudyParameters({
                nameHash: bytes32(name),
                definitionDigest: keccak256("definition"),
                updateVerifier: address(verifier),
                learningRate: 512,
                batchSize: 8,
                stepsPerSegment: 1,
                epochs: 1,
                datasetDepth: 3,
                members: members,
                threshold: threshold,
                minUpdates: minUpdates,
                keySumVerifier: address(verifier),
                keySumSlots: 2,
                weightCount: uint16(WEIGHTS),
                profileId: 1,
                minSamples: 8,
                minBatches: 1
            });
    }

    function _hospital(uint256 index) internal pure returns (address) {
        return address(uint160(0x1000 + index));
    }

    function _member(uint256 index) internal pure returns (address) {
        return address(uint160(0x2000 + index));
    }

    /// @dev (index + 1) times EIP-2494's Base8, and a point of which it is 8 times; computed by test/support/contracts/shareKeys.ts.
    function _shareKey(uint256 index) internal pure returns (uint256 x, uint256 y, uint256 qx, uint256 qy) {
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
        if (index == 2)
            return (
                2763488322167937039616325905516046217694264098671987087929565332380420898366,
                15305195750036305661220525648961313310481046260814497672243197092298550508693,
                11990816471326702637674847057462476845377928173525908353219526134989696379935,
                10007113759011908401841513821870617431421466101279706484982799190602992484882
            );
        if (index == 3)
            return (
                12252886604826192316928789929706397349846234911198931249025449955069330867144,
                1286140751908834028607023759717162073146610688084909004843365841635476459484,
                9948139313319326567538585976434296874021944789429458993825623013113438161408,
                5754705828006165357341407866267251848778924039034508968461663781341611574458
            );
        return (
            11480966271046430430613841218147196773252373073876138147006741179837832100836,
            15148236048131954717802795400425086368006776860859772698778589175317365693546,
            19940578823862459878684062014395979098704342329139514606873154883951021178568,
            7487073973584586420445578936986744117885217178391607626985155182590007036726
        );
    }
}
