// Batch norm over rows of channels.
//
// Statistics take each block of rows twice while it is in the first-level cache: once for a shift
// near the block's mean, once for the sums of the shifted values and of their squares, corrected
// for the shift's own rounding. Blocks are joined in double precision (Chan, Golub & LeVeque,
// 1983), so a large mean costs no digits.

#include "strips.h"

enum { BLOCK = 64 };  // rows summed in single precision

/// Mean and sum of squared deviations of V·16 channels over all rows.
CK_INLINE void strip_statistics(size_t V, size_t width, size_t rows, size_t c, const float *x,
                                double *mean, double *squares) {
    const size_t block = V == 1 ? 4 * BLOCK : BLOCK;
    memset(mean, 0, sizeof(double) * 16 * V);
    memset(squares, 0, sizeof(double) * 16 * V);
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
        const double known = (double)from, fresh = (double)count, all = known + fresh;
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

CK_CLONES
void ck_norm_statistics(size_t rows, size_t c, const float *x, float epsilon, float *stats) {
    double mean[64] __attribute__((aligned(128))), squares[64] __attribute__((aligned(128)));
    if (c < 16 && rows >= 2 * FOLD) {
        const size_t folded = rows / FOLD, wide = FOLD * c, rest = rows % FOLD;
        double means[FOLDED], all_squares[FOLDED];
#define FOLDED_STATISTICS(V, width, at)                                               \
    strip_statistics(V, width, folded, wide, x + (at), mean, squares);                \
    memcpy(means + (at), mean, sizeof(double) * 16 * V);                              \
    memcpy(all_squares + (at), squares, sizeof(double) * 16 * V)
        EACH_STRIP(wide, FOLDED_STATISTICS);
        strip_statistics(1, c, rest, c, x + folded * wide, mean, squares);
        for (size_t j = 0; j < c; j++) {
            double known = 0, m = 0, q = 0;
            for (size_t i = 0; i < FOLD; i++)
                join((double)folded, means[i * c + j], all_squares[i * c + j], &known, &m, &q);
            join((double)rest, mean[j], squares[j], &known, &m, &q);
            finish_statistics(m, q, rows, epsilon, stats + j, stats + c + j);
        }
        return;
    }
#define STATISTICS(V, width, at)                                                      \
    strip_statistics(V, width, rows, c, x + (at), mean, squares);                     \
    for (size_t j = 0; j < ((width) < 16 ? (width) : 16 * V); j++)                    \
        finish_statistics(mean[j], squares[j], rows, epsilon, stats + (at) + j,       \
                          stats + c + (at) + j)
    EACH_STRIP(c, STATISTICS);
}

CK_INLINE void strip_apply(size_t V, size_t width, size_t rows, size_t c, size_t at, const float *x,
                           ck_channels k, bool relu, float *y) {
    f16 mean[4], scale[4], beta[4];
    for (size_t v = 0; v < V; v++) {
        const size_t j = at + 16 * v;
        mean[v] = get(k.mean + j, width);
        scale[v] = get(k.inverse + j, width) * get(k.gamma + j, width);
        beta[v] = get(k.beta + j, width);
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < V; v++) {
            const size_t j = r * c + at + 16 * v;
            f16 out = (get(x + j, width) - mean[v]) * scale[v] + beta[v];
            if (relu) out = RECTIFIED(out);
            put(y + j, out, width);
        }
}

CK_INLINE void apply(size_t rows, size_t c, const float *x, ck_channels k, int relu, float *y) {
    // Strips of the same few rows share the first-level cache.
    for (size_t from = 0; from < rows; from += BLOCK) {
        const size_t count = smaller(BLOCK, rows - from);
        const float *in = x + from * c;
        float *out = y + from * c;
#define APPLY(V, width, at)                                         \
    if (relu) strip_apply(V, width, count, c, at, in, k, true, out); \
    else strip_apply(V, width, count, c, at, in, k, false, out)
        EACH_STRIP(c, APPLY);
    }
}

CK_CLONES
void ck_norm_apply(size_t rows, size_t c, const float *x, const float *stats, const float *gamma,
                   const float *beta, int relu, float *y) {
    ck_channels k = {stats, stats + c, gamma, beta};
    size_t done = 0;
    if (c < 16 && rows >= 2 * FOLD) {
        float room[4][FOLDED];
        apply(rows / FOLD, FOLD * c, x, fold(k, c, room), relu, y);
        done = rows / FOLD * FOLD;
    }
    apply(rows - done, c, x + done * c, k, relu, y + done * c);
}
