pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "circuits/generated/FixedPoint.circom";
include "circuits/lib/hash/PackSigned.circom";
include "circuits/lib/hash/Sponge.circom";

/*
 * CommitVelocity: the commitment to the velocities of a momentum optimizer (docs/PROTOCOL.md section 1).
 *
 * Proves:      commitment = S(velocity, packed ++ [blind]).
 * Parameters:  count >= 1.
 * Assumes:     every velocity[i] in [-2^23, 2^23), which the tag shows. Without that one commitment has many openings. blind: any field
 *              element.
 * Guarantees:  commitment binds velocity and blind (collision resistance of the sponge); it hides velocity, and is fit to be a salt, when
 *              blind is random. packed are the velocities, 10 to an element.
 * Constraints: Sponge's for ceil(count / 10) + 1 elements; 588 for CommitVelocity(73).
 *
 * It is the salt of the weights' commitment between two segments, so the velocity travels without a public signal of its own.
 */
template CommitVelocity(count) {
    var perElement = FIXED_VELOCITIES_PER_ELEMENT();
    var elements = (count + perElement - 1) \ perElement;

    signal input {signedBits} velocity[count];
    signal input blind;
    signal output commitment;
    signal output packed[elements];

    packed <== PackSigned(count, FIXED_VELOCITY_BITS(), perElement)(velocity);
    component sponge = Sponge(DOMAIN_VELOCITY(), elements + 1, 1);
    for (var j = 0; j < elements; j++) sponge.in[j] <== packed[j];
    sponge.in[elements] <== blind;
    commitment <== sponge.out[0];
}
