pragma circom 2.2.0;

/*
 * Coefficients, lowest first, of the Lagrange polynomial that is 1 at `point` and 0 at the other points of 0, 1, ..., points - 1.
 * Field arithmetic on constants: it makes no constraints. 1 <= points <= 128.
 */
function lagrangePolynomial(points, point) {
    var poly[129];
    for (var i = 0; i < 129; i++) poly[i] = 0;
    poly[0] = 1;
    var size = 1;
    var denominator = 1;
    for (var other = 0; other < points; other++) {
        if (other != point) {
            for (var i = size; i > 0; i--) poly[i] = poly[i - 1] - other * poly[i];
            poly[0] = -other * poly[0];
            size++;
            denominator *= point - other;
        }
    }
    var scale = 1 / denominator;
    for (var i = 0; i < points; i++) poly[i] *= scale;
    return poly;
}
