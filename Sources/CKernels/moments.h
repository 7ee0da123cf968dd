// Means and squared deviations of channels.
//
// Each block of rows is taken twice while it is in the first-level cache: once for a shift near the
// block's mean, once for the sums of the shifted values and of their squares, corrected for the
// shift's own rounding. Blocks are joined in double precision (Chan, Golub & LeVeque, 1983), so a
// large mean costs no digits.

#pragma once
#include "strips.h"

enum { MOMENTS_BLOCK = 64 };  // rows summed in single precision

/// Adds `rows` rows to the mean and the sum of squared deviations of V·16 channels over the `seen`
/// rows before.
CK_INLINE void strip_moments(size_t V, size_t width, size_t rows, size_t c, const float *x,
                             size_t seen, double *mean, double *squares) {
    const size_t block = (V == 1 ? 4 : V == 2 ? 2 : 1) * MOMENTS_BLOCK;
    for (size_t from = 0; from < rows; from += block) {
        const size_t count = smaller(block, rows - from);
        const float *p = x + from * c;
        f16 sum[16], shift[4], off[16], square[16];
        for (size_t i = 0; i < 4 * V; i++) sum[i] = off[i] = square[i] = (f16)0.0f;
        size_t r = 0;
        for (; r + 4 <= count; r += 4)
            for (size_t u = 0; u < 4; u++)
                for (size_t v = 0; v < V; v++)
                    sum[u * V + v] += get(p + (r + u) * c + 16 * v, width);
        for (; r < count; r++)
            for (size_t v = 0; v < V; v++) sum[v] += get(p + r * c + 16 * v, width);
        for (size_t v = 0; v < V; v++)
            shift[v] = ((sum[v] + sum[V + v]) + (sum[2 * V + v] + sum[3 * V + v]))
                       * (f16)(1.0f / (float)count);
        for (r = 0; r + 4 <= count; r += 4)
            for (size_t u = 0; u < 4; u++)
                for (size_t v = 0; v < V; v++) {
                    f16 d = get(p + (r + u) * c + 16 * v, width) - shift[v];
                    off[u * V + v] += d;
                    square[u * V + v] += d * d;
                }
        for (; r < count; r++)
            for (size_t v = 0; v < V; v++) {
                f16 d = get(p + r * c + 16 * v, width) - shift[v];
                off[v] += d;
                square[v] += d * d;
            }
        const double known = (double)(seen + from), fresh = (double)count, all = known + fresh;
        for (size_t v = 0; v < V; v++) {
            d16 d = __builtin_convertvector(
                (off[v] + off[V + v]) + (off[2 * V + v] + off[3 * V + v]), d16);
            d16 q = __builtin_convertvector(
                (square[v] + square[V + v]) + (square[2 * V + v] + square[3 * V + v]), d16);
            d16 m = __builtin_convertvector(shift[v], d16) + d * (d16)(1 / fresh);
            q -= d * d * (d16)(1 / fresh);
            d16 *old_mean = (d16 *)(mean + 16 * v), *old_squares = (d16 *)(squares + 16 * v);
            d16 apart = m - *old_mean;
            *old_squares += q + apart * apart * (d16)(known * fresh / all);
            *old_mean += apart * (d16)(fresh / all);
        }
    }
}

/// The same over all rows there are.
CK_INLINE void strip_statistics(size_t V, size_t width, size_t rows, size_t c, const float *x,
                                double *mean, double *squares) {
    memset(mean, 0, sizeof(double) * 16 * V);
    memset(squares, 0, sizeof(double) * 16 * V);
    strip_moments(V, width, rows, c, x, 0, mean, squares);
}

CK_INLINE void finish_statistics(double mean, double squares, size_t rows, float epsilon,
                                 float *mean_out, float *inverse_out) {
    double variance = squares > 0 ? squares / (double)larger(rows, 1) : squares;  // NaN stays
    if (variance < 0) variance = 0;
    *mean_out = (float)mean;
    *inverse_out = (float)(1 / __builtin_sqrt(variance + (double)epsilon));
}

/// Adds `n` values with their own mean and squares to a channel's.
CK_INLINE void join(double n, double m, double q, double *known, double *mean, double *squares) {
    if (n == 0) return;
    double all = *known + n, apart = m - *mean;
    *squares += q + apart * apart * (*known * n / all);
    *mean += apart * (n / all);
    *known = all;
}
