pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";

/*
 * PackSigned: signed integers packed into field elements (docs/PROTOCOL.md section 1).
 *
 * Proves:      packed[j] = sum_i (in[perElement j + i] + 2^(bits-1)) * 2^(bits i); absent values of the last element contribute 0.
 * Parameters:  count >= 1; bits >= 1, perElement >= 1 with bits * perElement <= 252.
 * Assumes:     every in[i] in [-2^(bits-1), 2^(bits-1)), which the tag shows. Without that the packing is not injective.
 * Guarantees:  packed[j] in [0, 2^(bits * perElement)), one preimage only.
 * Constraints: 0 for PackSigned(13, 20, 12): linear.
 */
template PackSigned(count, bits, perElement) {
    assert(bits >= 1 && perElement >= 1 && bits * perElement <= FIXED_BITS_PER_ELEMENT());

    var elements = (count + perElement - 1) \ perElement;

    signal input {signedBits} in[count];
    signal output packed[elements];

    assert(in.signedBits == bits);

    for (var j = 0; j < elements; j++) {
        var sum = 0;
        for (var i = 0; i < perElement && perElement * j + i < count; i++) {
            sum += (in[perElement * j + i] + (1 << (bits - 1))) * (1 << (bits * i));
        }
        packed[j] <== sum;
    }
}
