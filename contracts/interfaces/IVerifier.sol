// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What every generated verifier tells of its keys
/// @notice A study is bound to circuits through the hashes of the verification keys; a contract without them is no verifier of this project.
interface IVerifier {
    /// @notice True when a proving key came from a local development setup, whose trapdoor is known.
    // solhint-disable-next-line func-name-mixedcase
    function DEVELOPMENT_ONLY() external view returns (bool);
}

/// @title Verifier of all proofs of one update
/// @dev Proofs are Groth16 points as in SegmentProof. Batch verification, docs/PROTOCOL.md section 7.
interface IUpdateVerifier is IVerifier {
    /// @notice SHA-256 of the verification key of TrainSegment, as canonical JSON; never zero.
    // solhint-disable-next-line func-name-mixedcase
    function TRAIN_VK_HASH() external view returns (bytes32);

    /// @notice SHA-256 of the verification key of EncryptUpdate, as canonical JSON; never zero.
    // solhint-disable-next-line func-name-mixedcase
    function ENCRYPT_VK_HASH() external view returns (bytes32);

    /// @param trainProofs A TrainSegment proof for each segment
    /// @param trainSignals Their public signals, in the order of docs/PROTOCOL.md section 2
    /// @param encryptProof The EncryptUpdate proof
    /// @param encryptSignals Its public signals, in the order of docs/PROTOCOL.md section 3
    /// @return True when all proofs are valid; false when any is not, or is not in its one encoding (see SegmentProof), when any signal
    /// is not below the field order, and when there are not as many proofs as lists of signals
    function verifyUpdate(
        uint256[8][] calldata trainProofs,
        uint256[9][] calldata trainSignals,
        uint256[8] calldata encryptProof,
        uint256[10] calldata encryptSignals
    ) external view returns (bool);
}

/// @title Verifier of a member's KeySum proofs
/// @dev Proofs are Groth16 points as in SegmentProof. Batch verification, docs/PROTOCOL.md section 7.
interface IKeySumVerifier is IVerifier {
    /// @notice SHA-256 of the verification key of KeySum, as canonical JSON; never zero.
    // solhint-disable-next-line func-name-mixedcase
    function VK_HASH() external view returns (bytes32);

    /// @param proofs KeySum proofs, at least one
    /// @param signals The public signals of all proofs, one proof's after the other's, in the order of docs/PROTOCOL.md section 3.1
    /// @return True when all proofs are valid; false when any is not, or is not in its one encoding (see SegmentProof), when any signal
    /// is not below the field order, when there is no proof, and when the signals are not as many as the circuit has for these proofs
    function verifyKeySums(uint256[8][] calldata proofs, uint256[] calldata signals) external view returns (bool);
}
