pragma circom 2.2.0;

/* Bits of rho, the secret behind the ephemeral scalar kappa = 2^249 + 1 + 2 rho. */
function EPHEMERAL_BITS() {
    return 249;
}

/*
 * EphemeralScalar: the bits of rho in [0, 2^249).
 *
 * Proves:      rho = sum_i bit[i] 2^i with boolean bits.
 * Parameters:  none.
 * Assumes:     nothing.
 * Guarantees:  the decomposition is the only one (249 bits are below r); the bits are tagged binary.
 * Constraints: 249 for EphemeralScalar().
 *
 * Every scalar multiplication here computes kappa = 2^249 + 1 + 2 rho = 2^250 + sum_i (2 bit_i - 1) 2^i: always odd, and at most
 * 3 * 2^249 - 1 < l, the subgroup's order (l = 1.512 * 2^250). Fixing the length of the scalar, as X25519 does, is what keeps
 * a dishonest prover from reaching the exceptional cases of incomplete addition: no rho has any (see VariableBase and FixedBase).
 */
template EphemeralScalar() {
    var bits = EPHEMERAL_BITS();
    signal input rho;
    signal output {binary} bit[bits];

    var rest = rho;
    for (var i = 0; i < bits - 1; i++) {
        // Constrained by the next line, and all of them together by the last constraint.
        bit[i] <-- (rho >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        rest -= bit[i] * (1 << i);
    }
    bit[bits - 1] <== rest / (1 << (bits - 1));
    bit[bits - 1] * (bit[bits - 1] - 1) === 0;
}
