// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IEncryptUpdateVerifier, ITrainSegmentVerifier, IVerifierKey} from "../interfaces/IVerifier.sol";
import {DevelopmentChain} from "../libraries/DevelopmentChain.sol";

/// @title Test double of both verifiers
/// @notice Answers as it was told, so that tests of the phases need no proofs. It cannot be deployed off a development chain, and
/// studies refuse it there because it says DEVELOPMENT_ONLY.
contract VerifierDouble is ITrainSegmentVerifier, IEncryptUpdateVerifier {
    enum Answer {
        Accept,
        Refuse,
        /// Accepts only signals named by {expect}: shows which signals the round manager computes.
        AcceptExpected
    }

    error VerifierDouble__NotDevelopmentChain(uint256 chainId);

    /// @inheritdoc IVerifierKey
    bytes32 public immutable VK_HASH;
    /// @inheritdoc IVerifierKey
    bool public constant DEVELOPMENT_ONLY = true;

    Answer public answer;
    mapping(bytes32 signalsHash => bool) private _expected;

    constructor(bytes32 vkHash) {
        if (!DevelopmentChain.isCurrent()) revert VerifierDouble__NotDevelopmentChain(block.chainid);
        VK_HASH = vkHash;
    }

    /// @notice Sets the answer to every later proof.
    function setAnswer(Answer newAnswer) external {
        answer = newAnswer;
    }

    /// @notice Names signals to accept; `signalsHash` is keccak256 of them, 32 bytes each.
    function expect(bytes32 signalsHash) external {
        _expected[signalsHash] = true;
    }

    /// @inheritdoc ITrainSegmentVerifier
    function verifyProof(
        uint256[2] calldata,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[9] calldata signals
    ) external view returns (bool) {
        return _answer(keccak256(abi.encode(signals)));
    }

    /// @inheritdoc IEncryptUpdateVerifier
    function verifyProof(
        uint256[2] calldata,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[8] calldata signals
    ) external view returns (bool) {
        return _answer(keccak256(abi.encode(signals)));
    }

    function _answer(bytes32 signalsHash) private view returns (bool) {
        return answer == Answer.Accept || (answer == Answer.AcceptExpected && _expected[signalsHash]);
    }
}
