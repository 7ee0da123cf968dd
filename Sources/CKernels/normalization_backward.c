// The gradient of batch norm, with the ReLU behind it: two sums over the rows, then dx.

#include "strips.h"

enum { BLOCK = 128 };  // rows summed in single precision; blocks are added in double precision

/// Σ dy' and Σ dy'·x̂ of V·16 channels.
CK_INLINE void strip_sums(size_t V, size_t width, size_t rows, size_t c, size_t at, const float *x,
                          ck_channels k, bool relu, const float *dy, double *sums,
                          double *products) {
    f16 mean[4], inverse[4], scale[4], beta[4];
    for (size_t v = 0; v < V; v++) {
        const size_t j = at + 16 * v;
        mean[v] = get(k.mean + j, width);
        inverse[v] = get(k.inverse + j, width);
        scale[v] = inverse[v] * get(k.gamma + j, width);
        beta[v] = get(k.beta + j, width);
    }
    memset(sums, 0, sizeof(double) * 16 * V);
    memset(products, 0, sizeof(double) * 16 * V);
    const size_t U = 4 / V;  // rows side by side, to hide the adds' latency
    for (size_t from = 0; from < rows; from += BLOCK) {
        const size_t count = smaller(BLOCK, rows - from);
        f16 sum[4], product[4];
        for (size_t i = 0; i < 4; i++) sum[i] = product[i] = (f16)0.0f;
#define ROW(r, u)                                                                        \
    for (size_t v = 0; v < V; v++) {                                                     \
        const size_t j = (from + (r)) * c + at + 16 * v;                                 \
        f16 centred = get(x + j, width) - mean[v], d = get(dy + j, width);               \
        if (relu) d = centred * scale[v] + beta[v] > 0.0f ? d : (f16)0.0f;               \
        sum[(u) * V + v] += d;                                                           \
        product[(u) * V + v] += d * centred;                                             \
    }
        size_t r = 0;
        for (; r + U <= count; r += U)
            for (size_t u = 0; u < U; u++) ROW(r + u, u)
        for (; r < count; r++) ROW(r, 0)
#undef ROW
        if (V == 1) {
            sum[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
            product[0] = (product[0] + product[1]) + (product[2] + product[3]);
        }
        for (size_t v = 0; V == 2 && v < 2; v++) {
            sum[v] += sum[2 + v];
            product[v] += product[2 + v];
        }
        for (size_t v = 0; v < V; v++) {
            *(d16 *)(sums + 16 * v) += __builtin_convertvector(sum[v], d16);
            *(d16 *)(products + 16 * v) += __builtin_convertvector(product[v] * inverse[v], d16);
        }
    }
}

CK_CLONES
void ck_norm_sums(size_t rows, size_t c, const float *x, const float *stats, const float *gamma,
                  const float *beta, int relu, const float *dy, float *sums) {
    double sum[64] __attribute__((aligned(128))), product[64] __attribute__((aligned(128)));
    ck_channels k = {stats, stats + c, gamma, beta};
#define SUMS(V, width, rows_, c_, at, x_, k_, dy_)                                       \
    if (relu) strip_sums(V, width, rows_, c_, at, x_, k_, true, dy_, sum, product);      \
    else strip_sums(V, width, rows_, c_, at, x_, k_, false, dy_, sum, product)
    if (c < 16 && rows >= 2 * FOLD) {
        const size_t folded = rows / FOLD, wide = FOLD * c, done = folded * wide;
        float room[4][FOLDED];
        double all[2][FOLDED];
        ck_channels repeated = fold(k, c, room);
#define FOLDED_SUMS(V, width, at)                                \
    SUMS(V, width, folded, wide, at, x, repeated, dy);           \
    memcpy(all[0] + (at), sum, sizeof(double) * 16 * V);         \
    memcpy(all[1] + (at), product, sizeof(double) * 16 * V)
        EACH_STRIP(wide, FOLDED_SUMS);
        SUMS(1, c, rows % FOLD, c, 0, x + done, k, dy + done);
        for (size_t j = 0; j < c; j++) {
            for (size_t i = 0; i < FOLD; i++) {
                sum[j] += all[0][i * c + j];
                product[j] += all[1][i * c + j];
            }
            sums[j] = (float)sum[j];
            sums[c + j] = (float)product[j];
        }
        return;
    }
#define ALL_SUMS(V, width, at)                                             \
    SUMS(V, width, rows, c, at, x, k, dy);                                 \
    for (size_t j = 0; j < ((width) < 16 ? (width) : 16 * V); j++) {       \
        sums[(at) + j] = (float)sum[j];                                    \
        sums[c + (at) + j] = (float)product[j];                            \
    }
    EACH_STRIP(c, ALL_SUMS);
}

/// dx of V·16 channels; `all` is the number of rows the sums were taken over.
CK_INLINE void strip_backward(size_t V, size_t width, size_t rows, size_t c, size_t at,
                              const float *x, ck_channels k, bool relu, const float *dy,
                              const float *sum, const float *product, size_t all, float *dx) {
    f16 mean[4], scale[4], beta[4], shared[4], slope[4];
    const f16 share = (f16)(1.0f / (float)larger(all, 1));
    for (size_t v = 0; v < V; v++) {
        const size_t j = at + 16 * v;
        mean[v] = get(k.mean + j, width);
        scale[v] = get(k.inverse + j, width) * get(k.gamma + j, width);
        beta[v] = get(k.beta + j, width);
        shared[v] = get(sum + j, width) * share;
        slope[v] = get(k.inverse + j, width) * get(product + j, width) * share;
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < V; v++) {
            const size_t j = r * c + at + 16 * v;
            f16 centred = get(x + j, width) - mean[v], d = get(dy + j, width);
            if (relu) d = centred * scale[v] + beta[v] > 0.0f ? d : (f16)0.0f;
            put(dx + j, scale[v] * ((d - shared[v]) - centred * slope[v]), width);
        }
}

CK_INLINE void backward(size_t rows, size_t c, const float *x, ck_channels k, int relu,
                        const float *dy, const float *sum, const float *product, size_t all,
                        float *dx) {
    for (size_t from = 0; from < rows; from += BLOCK / 2) {
        const size_t count = smaller(BLOCK / 2, rows - from);
        const float *in = x + from * c, *d = dy + from * c;
        float *out = dx + from * c;
#define BACKWARD(V, width, at)                                                                  \
    if (relu) strip_backward(V, width, count, c, at, in, k, true, d, sum, product, all, out);   \
    else strip_backward(V, width, count, c, at, in, k, false, d, sum, product, all, out)
        EACH_STRIP(c, BACKWARD);
    }
}

CK_CLONES
void ck_norm_backward(size_t rows, size_t c, const float *x, const float *stats, const float *gamma,
                      const float *beta, int relu, const float *dy, const float *sums, float *dx) {
    ck_channels k = {stats, stats + c, gamma, beta};
    size_t done = 0;
    if (c < 16 && rows >= 2 * FOLD) {
        float room[4][FOLDED], repeated[2][FOLDED];
        repeat(sums, c, repeated[0]);
        repeat(sums + c, c, repeated[1]);
        backward(rows / FOLD, FOLD * c, x, fold(k, c, room), relu, dy, repeated[0], repeated[1],
                 rows, dx);
        done = rows / FOLD * FOLD * c;
    }
    backward(rows - done / larger(c, 1), c, x + done, k, relu, dy + done, sums, sums + c, rows,
             dx + done);
}
