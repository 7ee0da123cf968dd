// Batch norm, ReLU and 2×2 max pooling of stride 2 in one pass over the convolution's output, and
// the gradient, which finds the winners again instead of storing them.

#include "strips.h"

enum { GROUP = 512 };  // channels whose constants are held at once

/// Constants of channels from..<from + count.
typedef struct {
    size_t from, count;
    float mean[GROUP], inverse[GROUP], scale[GROUP], beta[GROUP];
} ck_group;

CK_INLINE void fill_group(ck_group *g, size_t c, size_t at, const float *stats, const float *gamma,
                          const float *beta) {
    g->from = c < 16 ? 0 : smaller(at, c - 16);
    g->count = smaller(GROUP, c - g->from);
    for (size_t j = 0; j < g->count; j++) {
        const size_t i = g->from + j;
        g->mean[j] = stats[i];
        g->inverse[j] = stats[c + i];
        g->scale[j] = stats[c + i] * gamma[i];
        g->beta[j] = beta[i];
    }
}

/// A window's values minus the mean, what the norm makes of them, and the greatest of those.
typedef struct {
    f16 centred[4], out[4], best;
} ck_quad;

CK_INLINE ck_quad look(const float *x, size_t row, size_t c, const ck_group *g, size_t j,
                       size_t width) {
    ck_quad q;
    const f16 mean = get(g->mean + j, width), scale = get(g->scale + j, width);
    const f16 beta = get(g->beta + j, width);
    for (int t = 0; t < 4; t++) {
        q.centred[t] = get(x + (t / 2) * row + (t % 2) * c + j, width) - mean;
        q.out[t] = q.centred[t] * scale + beta;
        q.best = t == 0 ? q.out[0] : (q.out[t] > q.best ? q.out[t] : q.best);
    }
    return q;
}

/// Calls ACTION(width, j) for each vector of a group's channels; the last may overlap.
#define EACH_VECTOR(g, ACTION)                                                          \
    do {                                                                                \
        if ((g)->count < 16) {                                                          \
            ACTION((g)->count, 0);                                                      \
        } else {                                                                        \
            for (size_t step = 0; step < (g)->count; step += 16) {                      \
                ACTION(16, smaller(step, (g)->count - 16));                             \
            }                                                                           \
        }                                                                               \
    } while (0)

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

/// dx of one window: the winner takes dy, every place takes its share of the statistics' gradient.
CK_INLINE void back_vector(const ck_group *g, const float *shared, const float *slope,
                           const float *x, const float *dy, size_t row, size_t c, size_t j,
                           size_t width, float *dx) {
    ck_quad q = look(x, row, c, g, j, width);
    f16 d = q.best > 0.0f ? get(dy + j, width) : (f16)0.0f;
    const f16 scale = get(g->scale + j, width), even = get(shared + j, width);
    const f16 tilt = get(slope + j, width);
    for (int t = 0; t < 4; t++) {
        f16 mine = q.out[t] == q.best ? d : (f16)0.0f;
        d = q.out[t] == q.best ? (f16)0.0f : d;
        put(dx + (t / 2) * row + (t % 2) * c + j, scale * ((mine - even) - q.centred[t] * tilt),
            width);
    }
}

/// dx where no window looks: only the statistics' gradient.
CK_INLINE void rest_vector(const ck_group *g, const float *shared, const float *slope,
                           const float *x, size_t j, size_t width, float *dx) {
    f16 centred = get(x + j, width) - get(g->mean + j, width);
    f16 part = -get(shared + j, width) - centred * get(slope + j, width);
    put(dx + j, get(g->scale + j, width) * part, width);
}

CK_INLINE void pool_backward(size_t n, size_t h, size_t w, size_t c, const float *x,
                             const float *stats, const float *gamma, const float *beta,
                             const float *dy, const float *sums, float *dx) {
    ck_group g;
    float shared[GROUP], slope[GROUP];
    const size_t oh = h / 2, ow = w / 2, row = w * c;
    const float share = 1.0f / (float)larger(n * h * w, 1);
    for (size_t at = 0; at < c; at += GROUP) {
        fill_group(&g, c, at, stats, gamma, beta);
        for (size_t j = 0; j < g.count; j++) {
            shared[j] = sums[g.from + j] * share;
            slope[j] = g.inverse[j] * (sums[c + g.from + j] * share);
        }
        for (size_t i = 0; i < n; i++)
            for (size_t y = 0; y < h; y += 2) {
                const size_t line = (i * h + y) * row + g.from;
                const bool pair = y / 2 < oh;
                for (size_t ox = 0; pair && ox < ow; ox++) {
                    const size_t place = line + ox * 2 * c;
                    const float *from = dy + ((i * oh + y / 2) * ow + ox) * c + g.from;
#define BACK(width, j) \
    back_vector(&g, shared, slope, x + place, from, row, c, j, width, dx + place)
                    EACH_VECTOR(&g, BACK);
                }
                // An odd last column, an odd last row.
                for (size_t t = 0; t < (pair ? 2u : 1u); t++)
                    for (size_t px = pair ? ow * 2 : 0; px < w; px++) {
                        const size_t place = line + t * row + px * c;
#define REST(width, j) rest_vector(&g, shared, slope, x + place, j, width, dx + place)
                        EACH_VECTOR(&g, REST);
                    }
            }
    }
}

CK_CLONES
void ck_norm_relu_pool2_backward(size_t n, size_t h, size_t w, size_t c, const float *x,
                                 const float *stats, const float *gamma, const float *beta,
                                 const float *dy, const float *sums, float *dx) {
    pool_backward(n, h, w, c, x, stats, gamma, beta, dy, sums, dx);
}
