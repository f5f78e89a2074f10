// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";
import {ShareKey} from "../interfaces/IHospitalRegistry.sol";

/// @title Digest of a committee's share keys
library CommitteeKeys {
    /// @notice h_0 = 0, h_{j+1} = Poseidon(h_j, X_j, Y_j) over the keys in committee order; docs/PROTOCOL.md section 1.
    function digest(ShareKey[] memory keys) internal pure returns (uint256 link) {
        for (uint256 i = 0; i < keys.length; ++i) {
            link = PoseidonT4.hash([link, keys[i].x, keys[i].y]);
        }
    }
}
