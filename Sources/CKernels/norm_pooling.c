// Batch norm, ReLU and 2×2 max pooling of stride 2 in one pass over the convolution's output, and
// the gradient, which finds the winners again instead of storing them.

#include "norm_pooling.h"

CK_INLINE void pool_vector(const ck_group *g, const float *x, size_t row, size_t c, size_t j,
                           size_t width, float *y) {
    ck_quad q = look(x, row, c, g, j, width);
    put(y + j, RECTIFIED(q.best), width);
}

CK_INLINE void pool(size_t n, size_t h, size_t w, size_t c, const float *x, const float *stats,
                    const float *gamma, const float *beta, float *y) {
    ck_group g;
    const size_t oh = h / 2, ow = w / 2, row = w * c;
    for (size_t at = 0; at < c; at += GROUP) {
        fill_group(&g, c, at, stats, gamma, beta);
        for (size_t i = 0; i < n * oh; i++) {
            const float *top = x + (i / oh * h + i % oh * 2) * row + g.from;
            float *into = y + i * ow * c + g.from;
            for (size_t ox = 0; ox < ow; ox++) {
#define POOL(width, j) pool_vector(&g, top + ox * 2 * c, row, c, j, width, into + ox * c)
                EACH_VECTOR(&g, POOL);
            }
        }
    }
}

CK_CLONES
void ck_norm_relu_pool2(size_t n, size_t h, size_t w, size_t c, const float *x, const float *stats,
                        const float *gamma, const float *beta, float *y) {
    pool(n, h, w, c, x, stats, gamma, beta, y);
}

/// Adds one row of windows: single precision along the row, double precision from row to row.
CK_INLINE void sum_vector(const ck_group *g, const float *x, const float *dy, size_t row, size_t c,
                          size_t windows, size_t j, size_t width, double *total,
                          double *product_total) {
    f16 sum = (f16)0.0f, product = (f16)0.0f;
    for (size_t ox = 0; ox < windows; ox++) {
        ck_quad q = look(x + ox * 2 * c, row, c, g, j, width);
        f16 d = get(dy + ox * c + j, width), winner = q.centred[3];
        for (int t = 2; t >= 0; t--) winner = q.out[t] == q.best ? q.centred[t] : winner;
        d = q.best > 0.0f ? d : (f16)0.0f;
        sum += d;
        product += d * winner;
    }
    *(d16 *)total += __builtin_convertvector(sum, d16);
    *(d16 *)product_total += __builtin_convertvector(product * get(g->inverse + j, width), d16);
}

CK_INLINE void pool_sums(size_t n, size_t h, size_t w, size_t c, const float *x,
                         const float *stats, const float *gamma, const float *beta,
                         const float *dy, float *sums) {
    ck_group g;
    const size_t oh = h / 2, ow = w / 2, row = w * c;
    for (size_t at = 0; at < c; at += GROUP) {
        // One slot a vector, so that channels in an overlap are not counted twice.
        double total[GROUP] __attribute__((aligned(128))) = {0};
        double products[GROUP] __attribute__((aligned(128))) = {0};
        fill_group(&g, c, at, stats, gamma, beta);
        for (size_t i = 0; i < n * oh; i++) {
            const float *top = x + (i / oh * h + i % oh * 2) * row + g.from;
            const float *from = dy + i * ow * c + g.from;
            size_t slot = 0;
#define SUM(width, j)                                                                       \
    sum_vector(&g, top, from, row, c, ow, j, width, total + slot, products + slot);         \
    slot += 16
            EACH_VECTOR(&g, SUM);
        }
        size_t slot = 0;
#define FINISH(width, j)                                        \
    for (size_t l = 0; l < (width); l++) {                      \
        sums[g.from + (j) + l] = (float)total[slot + l];        \
        sums[c + g.from + (j) + l] = (float)products[slot + l]; \
    }                                                           \
    slot += 16
        EACH_VECTOR(&g, FINISH);
    }
}

CK_CLONES
void ck_norm_relu_pool2_sums(size_t n, size_t h, size_t w, size_t c, const float *x,
                             const float *stats, const float *gamma, const float *beta,
                             const float *dy, float *sums) {
    pool_sums(n, h, w, c, x, stats, gamma, beta, dy, sums);
}

CK_INLINE void pool_backward(size_t n, size_t h, size_t w, size_t c, const float *x,
                             const float *stats, const float *gamma, const float *beta,
                             const float *dy, const float *sums, float *dx) {
    ck_group g;
    float shared[GROUP], slope[GROUP];
    const size_t oh = h / 2, ow = w / 2;
    for (size_t at = 0; at < c; at += GROUP) {
        fill_group(&g, c, at, stats, gamma, beta);
        fill_shares(&g, c, sums, n * h * w, shared, slope);
        for (size_t i = 0; i < n; i++)
            for (size_t y = 0; y < h; y += 2) {
                const size_t line = (i * h + y) * w * c + g.from;
                const float *from = dy + (i * oh + y / 2) * ow * c + g.from;
                back_rows(&g, shared, slope, y / 2 < oh, w, c, x + line, from, dx + line);
            }
    }
}

CK_CLONES
void ck_norm_relu_pool2_backward(size_t n, size_t h, size_t w, size_t c, const float *x,
                                 const float *stats, const float *gamma, const float *beta,
                                 const float *dy, const float *sums, float *dx) {
    pool_backward(n, h, w, c, x, stats, gamma, beta, dy, sums, dx);
}
