pragma circom 2.2.0;

/*
 * MemberSelector: a member's index as a one-hot vector, to read that member's entry of a list.
 *
 * Proves:      out[j] = 1 for j = memberIndex - 1, else 0.
 * Parameters:  members: n in [1, 2^16].
 * Assumes:     nothing of memberIndex, any field element.
 * Guarantees:  memberIndex is one of 1..n.
 * Constraints: members = 3 for MemberSelector(3).
 *
 * The first rows leave out[j] free only where memberIndex = j + 1, which is true for one j at most; the last row then makes that one 1, and
 * has no solution when there is none.
 */
template MemberSelector(members) {
    assert(members >= 1 && members <= (1 << 16));
    signal input memberIndex;
    signal output out[members];

    var sum = 0;
    for (var j = 0; j < members; j++) {
        // Constrained by the next line and the last one.
        out[j] <-- memberIndex == j + 1;
        out[j] * (memberIndex - (j + 1)) === 0;
        sum += out[j];
    }
    sum === 1;
}
