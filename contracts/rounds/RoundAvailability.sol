// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {Accepted, AvailableUpdate, Phase, Round, Update} from "../interfaces/RoundTypes.sol";
import {RoundStorage} from "./RoundStorage.sol";

/// @title Who holds which bundles, and the set that is frozen from it
abstract contract RoundAvailability is RoundStorage {
    /// @inheritdoc IRoundManager
    function confirmAvailability(uint256 roundId, AvailableUpdate[] calldata updates) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Open);
        _requireWithin(roundId, _checkingDeadline(round));
        if (updates.length == 0) revert RoundManager__NothingConfirmed(roundId);
        uint8 bit = uint8(1 << (_requireSeat(roundId).index - 1));
        uint256 threshold = round.threshold;
        uint8 newlyAvailable = 0;
        address[] memory hospitals = new address[](updates.length);
        for (uint256 i = 0; i < hospitals.length; ++i) {
            Accepted storage accepted = _accepted[roundId][updates[i].position];
            hospitals[i] = accepted.hospital;
            _requireBundle(roundId, hospitals[i], updates[i].bundleDigest);
            uint8 confirmations = accepted.confirmations;
            if (confirmations & bit != 0) {
                revert RoundManager__AlreadyConfirmed(roundId, msg.sender, updates[i].position);
            }
            confirmations |= bit;
            accepted.confirmations = confirmations;
            if (_countOf(confirmations) == threshold) ++newlyAvailable;
        }
        round.availableCount += newlyAvailable;
        emit AvailabilityConfirmed(roundId, msg.sender, hospitals);
    }

    /// @inheritdoc IRoundManager
    function freeze(uint256 roundId) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Open);
        _requirePassed(roundId, round.deadline);
        uint8 available = round.availableCount;
        uint256 minUpdates = round.minUpdates;
        if (round.updateCount < minUpdates) revert RoundManager__TooFewUpdates(round.updateCount, minUpdates);
        if (available < round.updateCount) _requirePassed(roundId, _checkingDeadline(round));
        if (available < minUpdates) revert RoundManager__TooFewUpdates(available, minUpdates);

        (
            address[] memory hospitals,
            bytes32[] memory bundleDigests,
            uint256[] memory shareDigests,
            uint32 sampleSum
        ) = _exclude(roundId, round);
        bytes32 frozenSetDigest = keccak256(abi.encode(roundId, hospitals, bundleDigests, shareDigests));
        round.phase = Phase.Frozen;
        round.updateCount = available;
        round.sampleSum = sampleSum;
        round.enteredAt = uint40(block.timestamp);
        round.frozenSetDigest = frozenSetDigest;
        emit RoundFrozen(roundId, frozenSetDigest, hospitals, bundleDigests);
    }

    /// @dev Drops the live updates that are not available. Returns the others, in the order of acceptance, and their samples.
    function _exclude(
        uint256 roundId,
        Round storage round
    )
        private
        returns (
            address[] memory hospitals,
            bytes32[] memory bundleDigests,
            uint256[] memory shareDigests,
            uint32 sampleSum
        )
    {
        uint256 count = 0;
        uint256 acceptedCount = round.acceptedCount;
        hospitals = new address[](round.availableCount);
        bundleDigests = new bytes32[](hospitals.length);
        shareDigests = new uint256[](hospitals.length);
        for (uint256 position = 0; position < acceptedCount; ++position) {
            Accepted memory accepted = _accepted[roundId][position];
            if (accepted.removed) continue;
            if (_countOf(accepted.confirmations) < round.threshold) {
                delete _updates[roundId][accepted.hospital];
                emit UpdateExcluded(roundId, accepted.hospital);
                continue;
            }
            hospitals[count] = accepted.hospital;
            Update storage update = _updates[roundId][accepted.hospital];
            bundleDigests[count] = update.bundleDigest;
            shareDigests[count++] = update.shareDigest;
            sampleSum += accepted.sampleCount;
        }
    }

    /// @dev The digest must be that of the hospital's live update.
    function _requireBundle(uint256 roundId, address hospital, bytes32 bundleDigest) private view {
        bytes32 required = _updates[roundId][hospital].bundleDigest;
        if (required == bytes32(0)) revert RoundManager__NoUpdate(roundId, hospital);
        if (bundleDigest != required) revert RoundManager__BundleMismatch(bundleDigest, required);
    }
}
