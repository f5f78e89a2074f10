pragma circom 2.2.0;

include "circuits/committee/KeySumSlot.circom";
include "circuits/committee/MemberSelector.circom";
include "circuits/generated/Domains.circom";
include "circuits/lib/hash/Sponge.circom";

/*
 * KeySumOver: KeySum over any number of shared elements.
 *
 * Proves:      what KeySum proves, for `count` elements instead of the profile's.
 * Parameters:  count: K, elements that a key is shared as; members: n; slots: updates that one proof covers.
 * Assumes:     as KeySum.
 * Guarantees:  as KeySum.
 * Constraints: KeySumSlot's a slot, MemberSelector's and 1,128 for the masks; 21,007 for KeySumOver(108, 3, 4).
 *
 * See KeySum for why it is sound.
 */
template KeySumOver(count, members, slots) {
    assert(slots >= 1);
    // Public, in this order.
    signal input gamma;
    signal input memberIndex;
    signal input maskIn;
    signal input maskOut;
    signal input shareDigests[slots];
    // Private.
    signal input context[slots];
    signal input commitments[slots][members];
    signal input shares[slots][count];
    signal input blind[slots];
    signal input maskInOpening;
    signal input maskOutOpening;
    // Public.
    signal output evaluation;

    signal selected[members] <== MemberSelector(members)(memberIndex);

    component slot[slots];
    var sum = 0;
    for (var i = 0; i < slots; i++) {
        slot[i] = KeySumSlot(count, members);
        slot[i].point <== gamma;
        slot[i].selected <== selected;
        slot[i].shareDigest <== shareDigests[i];
        slot[i].context <== context[i];
        slot[i].commitments <== commitments[i];
        slot[i].shares <== shares[i];
        slot[i].blind <== blind[i];
        sum += slot[i].value;
    }

    signal maskInDigest[1] <== Sponge(DOMAIN_MASK(), 1, 1)([maskInOpening]);
    maskInDigest[0] === maskIn;
    signal maskOutDigest[1] <== Sponge(DOMAIN_MASK(), 1, 1)([maskOutOpening]);
    maskOutDigest[0] === maskOut;

    evaluation <== sum + maskOutOpening - maskInOpening;
}
