// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Phase, Round} from "../../../contracts/interfaces/RoundTypes.sol";
import {VerifierDouble} from "../../../contracts/test/VerifierDouble.sol";
import {RoundRules} from "./RoundRules.sol";
import {VM} from "./Vm.sol";

/// @title Random actors
/// @notice Every external function is something that somebody does, allowed or not; refusals are part of the walk.
contract RoundHandler is RoundRules {
    mapping(uint256 roundId => mapping(uint256 hospital => bool)) private _cheats;

    function open(uint256 seed) external checked {
        uint256 studyId = _studyId(seed);
        bool possible =
            rounds.activeRound(studyId) == 0 &&
                !rounds.isClosed(studyId) &&
                hospitals.committedHospitals(studyId) >= models.parametersOf(studyId).minUpdates;
        VM.roll(block.number + 1);
        try this.openAs(studyId, seed >> 8) {
            if (!possible) _violate("a round opened that must not");
        } catch {
            if (possible) _violate("the next round is blocked");
        }
    }

    function submit(uint256 seed) external checked {
        _trySubmit(_roundOf(seed), (seed >> 8) % HOSPITALS, (seed >> 16) % 4 != 0);
    }

    /// @notice All hospitals submit what they still can: walks get far.
    function submitAll(uint256 seed) external checked {
        for (uint256 i = 0; i < HOSPITALS; ++i) {
            _trySubmit(_roundOf(seed), (i + (seed >> 8)) % HOSPITALS, true);
        }
    }

    function submitUnproven(uint256 seed) external checked {
        verifier.setAnswer(VerifierDouble.Answer.Refuse);
        try this.submitAs(_roundOf(seed), (seed >> 8) % HOSPITALS, true) {
            _violate("an unproven update was accepted");
        } catch {}
        verifier.setAnswer(VerifierDouble.Answer.Accept);
    }

    function confirm(uint256 seed) external checked {
        try this.confirmAs(_roundOf(seed), (seed >> 8) % MEMBERS, (seed >> 16) % (HOSPITALS + 1)) {} catch {}
    }

    /// @notice Everyone confirms all that there is, but some for one update.
    function confirmAll(uint256 seed) external checked {
        uint256 without = (seed >> 8) % (HOSPITALS * 2);
        for (uint256 member = 0; member < MEMBERS; ++member) {
            try this.confirmManyAs(_roundOf(seed), member, without) {} catch {}
        }
    }

    function freeze(uint256 seed) external checked {
        try rounds.freeze(_roundOf(seed)) {} catch {}
    }

    function post(uint256 seed) external checked {
        try this.postAs(_roundOf(seed), (seed >> 8) % MEMBERS) {} catch {}
    }

    function postUnproven(uint256 seed) external checked {
        verifier.setAnswer(VerifierDouble.Answer.Refuse);
        try this.postAs(_roundOf(seed), (seed >> 8) % MEMBERS) {
            _violate("an unproven key sum was accepted");
        } catch {}
        verifier.setAnswer(VerifierDouble.Answer.Accept);
    }

    function attest(uint256 seed) external checked {
        // One model more often than two others.
        uint256 model = 10 + ((seed >> 16) % 6 < 4 ? 0 : ((seed >> 16) % 6) - 3);
        uint256 roundId = _roundOf(seed);
        try this.attestAs(roundId, (seed >> 8) % MEMBERS, model) {
            ++_attested[roundId][model];
        } catch {}
    }

    function attestAsHospital(uint256 seed) external checked {
        uint256 model = 10 + ((seed >> 16) % 6 < 4 ? 0 : ((seed >> 16) % 6) - 3);
        uint256 roundId = _roundOf(seed);
        Round memory round = rounds.roundOf(roundId);
        try this.attestAsHospitalAs(roundId, (seed >> 8) % HOSPITALS, model) {
            ++_attestedByHospitals[roundId][model];
            if (block.timestamp <= round.enteredAt + round.attestationDuration)
                _violate("hospitals attested too early");
        } catch {}
    }

    /// @notice The owner ends a round, where it may.
    function end(uint256 seed) external checked {
        uint256 roundId = _roundOf(seed);
        Round memory round = rounds.roundOf(roundId);
        if ((seed >> 8) % 2 == 0) {
            try rounds.cancelRound(roundId) {
                if (round.phase != Phase.Open) _violate("cancelled after the freeze");
            } catch {}
        } else {
            try rounds.closeStudy(_studyId(seed)) {} catch {}
        }
    }

    function challenge(uint256 seed) external checked {
        uint256 roundId = _roundOf(seed);
        uint256 hospital = (seed >> 8) % HOSPITALS;
        bool cheat = _cheats[roundId][hospital];
        try this.challengeAs(roundId, hospital, !cheat) {
            if (!cheat) _violate("an honest update was removed");
        } catch {}
    }

    function fail(uint256 seed) external checked {
        try rounds.fail(_roundOf(seed)) {} catch {}
    }

    /// @notice The owner removes a hospital, or lets one in again, with a new data set.
    function moveHospital(uint256 seed) external checked {
        uint256 index = (seed >> 8) % HOSPITALS;
        address hospital = _hospital(index);
        if (hospitals.isBarred(hospital)) hospitals.readmitHospital(hospital);
        else if (!hospitals.isHospital(hospital)) hospitals.admitHospital(hospital);
        else if (seed % 4 == 0) hospitals.removeHospital(hospital);
        if (hospitals.isHospital(hospital)) _commit(index);
    }

    function pass(uint256 seed) external checked {
        uint256 long = (seed >> 8) % 8 == 1 ? rounds.CLOSING_DELAY() + 1 : 2 * PHASE;
        VM.warp(block.timestamp + ((seed % 8 == 0) ? long : seed % (PHASE / 2)));
        VM.roll(block.number + 1);
    }

    // Calls of others, so that a refusal takes back what was done for them. Only the handler itself makes them.

    modifier own() {
        if (msg.sender != address(this)) return;
        _;
    }

    function openAs(uint256 studyId, uint256 seed) external own {
        _open(studyId, seed);
    }

    function submitAs(uint256 roundId, uint256 hospital, bool honest) external own {
        _submit(roundId, hospital, honest);
    }

    function confirmAs(uint256 roundId, uint256 member, uint256 position) external own {
        _confirm(roundId, member, position);
    }

    function confirmManyAs(uint256 roundId, uint256 member, uint256 without) external own {
        _confirmMany(roundId, member, without);
    }

    function postAs(uint256 roundId, uint256 member) external own {
        _post(roundId, member);
    }

    function attestAs(uint256 roundId, uint256 member, uint256 model) external own {
        _attest(roundId, member, model);
    }

    function attestAsHospitalAs(uint256 roundId, uint256 hospital, uint256 model) external own {
        _attestAsHospital(roundId, hospital, model);
    }

    function challengeAs(uint256 roundId, uint256 hospital, bool honest) external own {
        _challenge(roundId, hospital, honest);
    }

    function _trySubmit(uint256 roundId, uint256 hospital, bool honest) private {
        try this.submitAs(roundId, hospital, honest) {
            _cheats[roundId][hospital] = !honest;
        } catch {}
    }

    function _studyId(uint256 seed) private pure returns (uint256) {
        return 1 + (seed % STUDIES);
    }

    /// @dev Mostly the study's active round, now and then an earlier one.
    function _roundOf(uint256 seed) private view returns (uint256) {
        uint256 active = rounds.activeRound(_studyId(seed));
        return active != 0 && (seed >> 64) % 8 != 0 ? active : rounds.roundCount();
    }
}
