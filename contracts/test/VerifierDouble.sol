// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IKeySumVerifier, IUpdateVerifier, IVerifier} from "../interfaces/IVerifier.sol";
import {DevelopmentChain} from "../libraries/DevelopmentChain.sol";

/// @title Test double of both verifiers
/// @notice Answers as it was told, so that tests of the phases need no proofs. It cannot be deployed off a development chain, and
/// studies refuse it there because it says DEVELOPMENT_ONLY.
contract VerifierDouble is IUpdateVerifier, IKeySumVerifier {
    enum Answer {
        Accept,
        Refuse,
        /// Accepts only signals named by {expect}: shows which signals the round manager computes.
        AcceptExpected
    }

    error VerifierDouble__NotDevelopmentChain(uint256 chainId);

    /// @inheritdoc IUpdateVerifier
    bytes32 public immutable TRAIN_VK_HASH;
    /// @inheritdoc IUpdateVerifier
    bytes32 public immutable ENCRYPT_VK_HASH;
    /// @inheritdoc IKeySumVerifier
    bytes32 public immutable VK_HASH;
    /// @inheritdoc IVerifier
    bool public constant DEVELOPMENT_ONLY = true;

    Answer public answer;
    mapping(bytes32 signalsHash => bool) private _expected;

    /// @param trainVkHash TRAIN_VK_HASH
    /// @param encryptVkHash ENCRYPT_VK_HASH
    /// @param keySumVkHash VK_HASH
    constructor(bytes32 trainVkHash, bytes32 encryptVkHash, bytes32 keySumVkHash) {
        if (!DevelopmentChain.isCurrent()) revert VerifierDouble__NotDevelopmentChain(block.chainid);
        TRAIN_VK_HASH = trainVkHash;
        ENCRYPT_VK_HASH = encryptVkHash;
        VK_HASH = keySumVkHash;
    }

    /// @notice Sets the answer to every later call.
    function setAnswer(Answer newAnswer) external {
        answer = newAnswer;
    }

    /// @notice Names signals to accept; `signalsHash` is keccak256 of all signals of a call, 32 bytes each: of an update's segments, then of
    /// its encryption.
    function expect(bytes32 signalsHash) external {
        _expected[signalsHash] = true;
    }

    /// @inheritdoc IUpdateVerifier
    function verifyUpdate(
        uint256[8][] calldata,
        uint256[9][] calldata trainSignals,
        uint256[8] calldata,
        uint256[10] calldata encryptSignals
    ) external view returns (bool) {
        bytes memory signals;
        for (uint256 i = 0; i < trainSignals.length; ++i) {
            signals = bytes.concat(signals, abi.encode(trainSignals[i]));
        }
        return _answer(bytes.concat(signals, abi.encode(encryptSignals)));
    }

    /// @inheritdoc IKeySumVerifier
    function verifyKeySums(uint256[8][] calldata, uint256[] calldata signals) external view returns (bool) {
        return _answer(abi.encodePacked(signals));
    }

    function _answer(bytes memory signals) private view returns (bool) {
        return answer == Answer.Accept || (answer == Answer.AcceptExpected && _expected[keccak256(signals)]);
    }
}
