pragma circom 2.2.0;

/*
 * OneHot: out[k] = 1 for k = in and 0 for the others.
 *
 * Parameters: count >= 2.
 * Assumes:    nothing; any field element.
 * Guarantees: in in [0, count), otherwise no witness exists; out as above, unique: of booleans with sum 1 exactly one is 1.
 * Cost (O2):  count constraints.
 */
template OneHot(count) {
    signal input in;
    signal output out[count];

    assert(count >= 2 && count <= 252);

    var sum = 0;
    var index = 0;
    for (var k = 0; k < count; k++) {
        out[k] <-- in == k ? 1 : 0;
        out[k] * (out[k] - 1) === 0;
        sum += out[k];
        index += k * out[k];
    }
    sum === 1;
    index === in;
}
