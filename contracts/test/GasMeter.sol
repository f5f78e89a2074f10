// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What a call costs by itself
contract GasMeter {
    /// @notice Gas of a static call to a contract that has been called before in the transaction, and the bool it answers.
    function gasOf(address target, bytes calldata data) external view returns (uint256 gas, bool answer) {
        bytes memory input = data;
        // Warms the account, so that only the call itself counts.
        if (target.code.length == 0) return (0, false);
        gas = gasleft();
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory output) = target.staticcall(input);
        gas -= gasleft();
        answer = success && output.length == 32 && abi.decode(output, (bool));
    }
}
