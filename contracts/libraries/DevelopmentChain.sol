// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Chains on which development keys and small rounds are allowed
library DevelopmentChain {
    /// @notice True on the chain ids of local development nodes: Hardhat's and Anvil's 31337, Ganache's and Geth's 1337.
    function isCurrent() internal view returns (bool) {
        return block.chainid == 31337 || block.chainid == 1337;
    }
}
