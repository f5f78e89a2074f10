// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

/// @title Sets of admissions
/// @notice Every admission of a hospital has a number of its own, from 1, so that what a hospital did under an earlier one counts no
/// more. In sets of 256 numbers a word, the end of an admission is one bit, in however many studies it had a data set.
library Admissions {
    using BitMaps for BitMaps.BitMap;

    uint256 private constant WORD_SHIFT = 8;

    /// @notice How many admissions are in `some` and in `current`.
    /// @param last The highest number given
    function countIn(
        BitMaps.BitMap storage some,
        BitMaps.BitMap storage current,
        uint256 last
    ) internal view returns (uint256 count) {
        for (uint256 word = 0; word <= last >> WORD_SHIFT; ++word) {
            count += _ones(some._data[word] & current._data[word]);
        }
    }

    function _ones(uint256 word) private pure returns (uint256 count) {
        for (; word != 0; word &= word - 1) ++count;
    }
}
