pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";

/*
 * TruncReLU: ReLU and truncation of a pre-activation.
 *
 * Proves:      out = max(0, floor(in / 2^lowBits)); active = 1 if in >= 0, else 0 (the derivative of the ReLU, 1 at 0).
 * Parameters:  highBits >= 2, lowBits >= 0, highBits + lowBits <= 252: in is a signed integer of highBits + lowBits bits.
 * Assumes:     nothing; any field element.
 * Guarantees:  in is in [-2^(highBits + lowBits - 1), 2^(highBits + lowBits - 1)), otherwise no witness exists; active boolean; out in [0,
 *              2^(highBits - 1)).
 * Constraints: highBits + lowBits + 1 = 29 for TruncReLU(16, 12).
 *
 * One bit decomposition gives the sign, the ReLU and the truncation.
 */
template TruncReLU(highBits, lowBits) {
    signal input in;
    signal output active;
    signal output out;

    var bits = highBits + lowBits;
    assert(highBits >= 2 && lowBits >= 0 && bits <= FIXED_BITS_PER_ELEMENT());

    // bit[] are the bits of in + 2^(bits-1): the top one tells in >= 0, and then the others are the bits of in.
    // bit[i], i >= 1, is constrained boolean just below; bit 0, what is left, by the constraint after the loop (no signal: RangeCheck).
    signal bit[bits];
    bit[0] <== 0;
    var rest = in + (1 << (bits - 1));
    for (var i = bits - 1; i > 0; i--) {
        bit[i] <-- ((in + (1 << (bits - 1))) >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        rest -= bit[i] * (1 << i);
    }
    rest * (rest - 1) === 0;

    var high = 0;
    if (lowBits == 0) high = rest;
    for (var i = lowBits; i < bits - 1; i++) high += bit[i] * (1 << (i - lowBits));
    active <== bit[bits - 1];
    out <== active * high;
}
