pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";

/* Elements that a key of N coefficients fills. */
function KEY_ELEMENTS(degree, perElement) {
    return (degree + perElement - 1) \ perElement;
}

/*
 * PackKey: the one-time key s as few field elements, with room for sums.
 *
 * Proves:      out[k] = sum_{i < perElement} (s[perElement * k + i] + 64) * 2^(digitBits * i); coefficients past N add nothing.
 * Parameters:  degree: N; perElement, digitBits with perElement * digitBits <= 252.
 * Assumes:     s in [-64, 63], which the tag shows. Then 2^(digitBits - 7) keys add up without a carry (64 for 13 bits).
 * Guarantees:  out[k] < 2^(digitBits * perElement) as an integer, and out determines s.
 * Constraints: 0 for PackKey(2048, 19, 13): linear.
 */
template PackKey(degree, perElement, digitBits) {
    assert(perElement * digitBits <= FIXED_BITS_PER_ELEMENT());
    signal input {signedBits} s[degree];
    signal output out[KEY_ELEMENTS(degree, perElement)];
    assert(s.signedBits < digitBits);

    for (var k = 0; k < KEY_ELEMENTS(degree, perElement); k++) {
        var packed = 0;
        for (var i = 0; i < perElement && perElement * k + i < degree; i++) {
            packed += (s[perElement * k + i] + (1 << (s.signedBits - 1))) * (1 << (digitBits * i));
        }
        out[k] <== packed;
    }
}
