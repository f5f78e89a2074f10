// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FailureReason} from "../../../contracts/interfaces/RoundTypes.sol";
import {RoundHandler} from "./RoundHandler.sol";

/// @title One step of somebody
/// @notice By itself, because the fuzzer does not recognize a contract that is linked with a library, such as the handler.
contract RoundWalk {
    RoundHandler private immutable HANDLER;

    constructor(RoundHandler handler) {
        HANDLER = handler;
    }

    /// @param action Who does what
    /// @param seed All else
    function step(uint256 action, uint256 seed) external {
        action %= 17;
        if (action == 0) HANDLER.open(seed);
        else if (action == 1) HANDLER.submit(seed);
        else if (action == 2) HANDLER.submitAll(seed);
        else if (action == 3) HANDLER.submitUnproven(seed);
        else if (action == 4) HANDLER.confirm(seed);
        else if (action == 5) HANDLER.confirmAll(seed);
        else if (action == 6) HANDLER.freeze(seed);
        else if (action <= 8) HANDLER.post(seed);
        else if (action == 9) HANDLER.postUnproven(seed);
        else if (action <= 11) HANDLER.attest(seed);
        else if (action == 12) HANDLER.challenge(seed);
        else if (action == 13) seed % 2 == 0 ? HANDLER.fail(seed >> 1) : HANDLER.moveHospital(seed >> 1);
        else if (action == 14) HANDLER.attestAsHospital(seed);
        else if (action == 15) HANDLER.end(seed);
        else HANDLER.pass(seed);
    }
}

/// @title Whatever anyone calls, in any order and at any time, the rounds keep their rules
contract RoundInvariants {
    /// @dev Seeds of the handler's steps: past any deadline, no update left out, that at position 2 left out.
    uint256 private constant LONG = 0;
    uint256 private constant UNTIL_CLOSING = 1 << 8;
    /// @dev Seed of the owner's step: the study, not the round.
    uint256 private constant CLOSE = 1 << 8;
    uint256 private constant NONE_LEFT_OUT = 5 << 8;
    uint256 private constant THIRD_LEFT_OUT = 2 << 8;

    RoundHandler private _handler;
    RoundWalk private _walk;

    function setUp() public {
        _handler = new RoundHandler();
        _walk = new RoundWalk(_handler);
    }

    /// @notice Nobody else acts.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_walk);
    }

    /// @notice The rules are RoundRules': they are checked after each step.
    function invariant_roundsKeepTheirRules() external view {
        string memory violation = _handler.violation();
        require(bytes(violation).length == 0, violation);
    }

    // The walks can get anywhere: each ending of a round is a few of the handler's steps away.

    function test_stepsReachFinalized() external {
        _freeze();
        _everyMember(_handler.post);
        _everyMember(_handler.attest);
        _requireEnding(FailureReason.None);
    }

    function test_stepsReachNotEnoughUpdates() external {
        _handler.open(0);
        _handler.pass(LONG);
        _handler.fail(0);
        _requireEnding(FailureReason.NotEnoughUpdates);
    }

    function test_stepsReachCancelled() external {
        _handler.open(0);
        _handler.submitAll(0);
        _handler.end(0);
        _requireEnding(FailureReason.Cancelled);
    }

    /// @dev A frozen round waits for its committee, however long.
    function test_frozenRoundsOnlyFinish() external {
        _freeze();
        _handler.pass(LONG);
        _handler.fail(0);
        _handler.end(0);
        _everyMember(_handler.post);
        _handler.pass(LONG);
        _handler.fail(0);
        _handler.end(0);
        _everyMember(_handler.attest);
        _requireEnding(FailureReason.None);
    }

    function test_stepsReachFinalizedByHospitals() external {
        _freeze();
        _everyMember(_handler.post);
        _everyMember(_handler.attestAsHospital);
        require(_handler.rounds().activeRound(1) == 1, "hospitals finished in the members' time");
        _handler.pass(LONG);
        _handler.attest(0);
        _everyMember(_handler.attestAsHospital);
        _requireEnding(FailureReason.None);
    }

    function test_stepsReachStudyClosed() external {
        _freeze();
        _handler.post(0);
        // The owner may not, yet.
        _handler.end(CLOSE);
        require(_handler.rounds().activeRound(1) == 1, "closed too early");
        _handler.pass(UNTIL_CLOSING);
        _handler.end(CLOSE);
        _handler.open(0);
        _requireEnding(FailureReason.StudyClosed);
    }

    function test_stepsReachNotEnoughAvailable() external {
        _handler.open(0);
        _handler.submitAll(0);
        _handler.pass(LONG);
        _handler.fail(0);
        _requireEnding(FailureReason.NotEnoughAvailable);
    }

    function test_stepsLeaveOutRemovedAndUnavailableUpdates() external {
        _handler.open(0);
        _handler.submit(0);
        _handler.submitAll(0);
        _handler.challenge(0);
        _handler.confirmAll(THIRD_LEFT_OUT);
        _handler.pass(LONG);
        _handler.freeze(0);
        require(_handler.rounds().hospitalsOf(1).length == 3, "not three of five");
        _everyMember(_handler.post);
        _everyMember(_handler.attest);
        _requireEnding(FailureReason.None);
    }

    function test_stepsCountNothingTwice() external {
        _handler.open(0);
        _handler.submitAll(0);
        _handler.submitAll(0);
        _handler.confirmAll(NONE_LEFT_OUT);
        _handler.confirm(0);
        _handler.pass(1);
        _handler.freeze(0);
        _handler.post(0);
        _handler.post(0);
        require(_handler.rounds().roundOf(1).keySumCount == 1, "one member's key sum opened the round");
        _everyMember(_handler.post);
        _handler.attest(0);
        _handler.attest(0);
        (uint256 ofMembers, ) = _handler.rounds().attestationsOf(1, 10, bytes32(uint256(10)));
        require(ofMembers == 1, "one member attested twice");
        _everyMember(_handler.attest);
        _requireEnding(FailureReason.None);
    }

    function _freeze() private {
        _handler.open(0);
        _handler.submitAll(0);
        _handler.confirmAll(NONE_LEFT_OUT);
        _handler.pass(1);
        _handler.freeze(0);
    }

    function _everyMember(function(uint256) external act) private {
        for (uint256 member = 0; member < 5; ++member) {
            act(member << 8);
        }
    }

    function _requireEnding(FailureReason reason) private view {
        require(_handler.endings(uint256(reason)) == 1, "the round did not end so");
        require(bytes(_handler.violation()).length == 0, _handler.violation());
    }
}
