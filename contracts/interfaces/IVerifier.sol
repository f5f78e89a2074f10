// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Verifying key of a generated Groth16 verifier
/// @notice A study is bound to circuits through these; a contract without them is no verifier of this project.
interface IVerifierKey {
    /// @notice Digest of the verifying key, as the circuit tooling computes it; never zero.
    // solhint-disable-next-line func-name-mixedcase
    function VK_HASH() external view returns (bytes32);

    /// @notice True when the proving key came from a local development setup, whose trapdoor is known.
    // solhint-disable-next-line func-name-mixedcase
    function DEVELOPMENT_ONLY() external view returns (bool);
}

/// @title Verifier of TrainSegment proofs
/// @dev Coordinates are those of snarkjs' Solidity call data: in `b`, the imaginary part of each Fp2 coordinate comes first.
interface ITrainSegmentVerifier is IVerifierKey {
    /// @param a Point A in G1
    /// @param b Point B in G2
    /// @param c Point C in G1
    /// @param signals The 9 public signals, in the order of docs/PROTOCOL.md section 2
    /// @return True for a valid proof; false for an invalid one and when any signal is not below the field order
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[9] calldata signals
    ) external view returns (bool);
}

/// @title Verifier of EncryptUpdate proofs
/// @dev Coordinates as in {ITrainSegmentVerifier}.
interface IEncryptUpdateVerifier is IVerifierKey {
    /// @param a Point A in G1
    /// @param b Point B in G2
    /// @param c Point C in G1
    /// @param signals The 8 public signals, in the order of docs/PROTOCOL.md section 3
    /// @return True for a valid proof; false for an invalid one and when any signal is not below the field order
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[8] calldata signals
    ) external view returns (bool);
}
