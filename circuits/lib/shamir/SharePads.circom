pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "circuits/lib/curve/VariableBase.circom";
include "circuits/lib/hash/Sponge.circom";

/*
 * SharePads: the pads that hide one member's shares and the blind of their commitment.
 *
 * Proves:      pad ++ [blind] = squeeze of S(pad, [D.x, D.y, member, context]), D = kappa * key, kappa = 2^bits + 1 + 2 rho.
 * Parameters:  bits: of rho; count: K; member: index in 1..n.
 * Assumes:     key in the prime-order subgroup and not O (see VariableBase); bits boolean (their tag).
 * Guarantees:  pad and blind are determined by rho, key, member and context; the member finds the same from kappa * B and its secret.
 * Constraints: VariableBase's, and 612 for each 16 elements that are squeezed, less 42; 5,744 for SharePads(249, 108, 1).
 */
template SharePads(bits, count, member) {
    signal input {binary} bit[bits];
    signal input key[2];
    signal input context;
    signal output pad[count];
    signal output blind;

    signal shared[2] <== VariableBase(bits)(bit, key);
    signal squeezed[count + 1] <== Sponge(DOMAIN_PAD(), 4, count + 1)([shared[0], shared[1], member, context]);
    for (var k = 0; k < count; k++) {
        pad[k] <== squeezed[k];
    }
    blind <== squeezed[count];
}
