// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {UpdateBundle} from "../libraries/UpdateBundle.sol";

/// @title The library of bundles, callable by tests
contract UpdateBundleReader {
    /// @notice UpdateBundle.isConsistent
    function isConsistent(bytes calldata bundle, UpdateBundle.Claim calldata claim) external pure returns (bool) {
        return UpdateBundle.isConsistent(bundle, claim);
    }
}
