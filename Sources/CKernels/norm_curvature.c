// What the derivative of ck_norm_relu_pool2_backward and of its sums is made of: three sums, then a
// pass to x and one to dy, each a linear form whose coefficients the caller has from the sums.

#include "norm_pooling.h"

/// Places that are the window's winner, the first in scan order: 1 there, else 0; none where the
/// output is 0.
CK_INLINE void mark(const ck_quad *q, f16 won[4]) {
    f16 free = q->best > 0.0f ? (f16)1.0f : (f16)0.0f;
    for (int t = 0; t < 4; t++) {
        won[t] = q->out[t] == q->best ? free : (f16)0.0f;
        free = q->out[t] == q->best ? (f16)0.0f : free;
    }
}

/// Adds a pair of rows: single precision along them, double precision from pair to pair.
CK_INLINE void sum_pair(const ck_group *g, const float *x, const float *dy, const float *u,
                        bool pair, size_t w, size_t c, size_t j, size_t width, double *plains,
                        double *products, double *crosses) {
    f16 plain = (f16)0.0f, product = (f16)0.0f, crossed = (f16)0.0f;
    const size_t row = w * c, ow = pair ? w / 2 : 0;
    for (size_t ox = 0; ox < ow; ox++) {
        const ck_quad q = look(x + ox * 2 * c, row, c, g, j, width);
        f16 won[4], at_winner = (f16)0.0f;
        mark(&q, won);
        for (int t = 0; t < 4; t++) {
            const f16 v = get(u + ox * 2 * c + (t / 2) * row + (t % 2) * c + j, width);
            plain += v;
            product += v * q.centred[t];
            at_winner += won[t] * v;
        }
        crossed += at_winner * get(dy + ox * c + j, width);
    }
    for (size_t t = 0; t < (pair ? 2u : 1u); t++)
        for (size_t px = ow * 2; px < w; px++) {
            const size_t place = t * row + px * c + j;
            const f16 v = get(u + place, width);
            plain += v;
            product += v * (get(x + place, width) - get(g->mean + j, width));
        }
    *(d16 *)plains += __builtin_convertvector(plain, d16);
    *(d16 *)products += __builtin_convertvector(product * get(g->inverse + j, width), d16);
    *(d16 *)crosses += __builtin_convertvector(crossed, d16);
}

CK_CLONES
void ck_norm_relu_pool2_products(size_t n, size_t h, size_t w, size_t c, const float *x,
                                 const float *stats, const float *gamma, const float *beta,
                                 const float *dy, const float *u, float *sums) {
    ck_group g;
    const size_t oh = h / 2;
    for (size_t at = 0; at < c; at += GROUP) {
        // One slot a vector, so that channels in an overlap are not counted twice.
        double all[3][GROUP] __attribute__((aligned(128))) = {{0}};
        fill_group(&g, c, at, stats, gamma, beta);
        for (size_t i = 0; i < n; i++)
            for (size_t y = 0; y < h; y += 2) {
                const float *from = x + (i * h + y) * w * c + g.from;
                const float *under = u + (i * h + y) * w * c + g.from;
                const float *d = dy + (i * oh + y / 2) * (w / 2) * c + g.from;
                size_t slot = 0;
#define SUM(width, j)                                                                     \
    sum_pair(&g, from, d, under, y / 2 < oh, w, c, j, width, all[0] + slot, all[1] + slot, \
             all[2] + slot);                                                              \
    slot += 16
                EACH_VECTOR(&g, SUM);
#undef SUM
            }
        size_t slot = 0;
#define FINISH(width, j)                                         \
    for (size_t k = 0; k < 3; k++)                               \
        for (size_t l = 0; l < (width); l++)                     \
            sums[k * c + g.from + (j) + l] = (float)all[k][slot + l]; \
    slot += 16
        EACH_VECTOR(&g, FINISH);
#undef FINISH
    }
}

/// a·u + b·D + c·x̂ + d at one place.
CK_INLINE f16 form(const float *k, size_t c, size_t j, size_t width, f16 u, f16 d, f16 normal) {
    return get(k + j, width) * u + get(k + c + j, width) * d + get(k + 2 * c + j, width) * normal
           + get(k + 3 * c + j, width);
}

CK_INLINE void spread_pair(const ck_group *g, const float *x, const float *dy, const float *k,
                           const float *u, bool pair, size_t w, size_t c, size_t j, size_t width,
                           float *y) {
    const size_t row = w * c, ow = pair ? w / 2 : 0;
    const f16 zero = (f16)0.0f, inverse = get(g->inverse + j, width);
    for (size_t ox = 0; ox < ow; ox++) {
        const ck_quad q = look(x + ox * 2 * c, row, c, g, j, width);
        const f16 d = get(dy + ox * c + j, width);
        f16 won[4];
        mark(&q, won);
        for (int t = 0; t < 4; t++) {
            const size_t place = ox * 2 * c + (t / 2) * row + (t % 2) * c + j;
            const f16 under = u ? get(u + place, width) : zero;
            put(y + place, form(k, c, j, width, under, won[t] * d, q.centred[t] * inverse), width);
        }
    }
    for (size_t t = 0; t < (pair ? 2u : 1u); t++)
        for (size_t px = ow * 2; px < w; px++) {
            const size_t place = t * row + px * c + j;
            const f16 centred = get(x + place, width) - get(g->mean + j, width);
            const f16 under = u ? get(u + place, width) : zero;
            put(y + place, form(k, c, j, width, under, zero, centred * inverse), width);
        }
}

CK_CLONES
void ck_norm_relu_pool2_spread(size_t n, size_t h, size_t w, size_t c, const float *x,
                               const float *stats, const float *gamma, const float *beta,
                               const float *dy, const float *coefficients, const float *u,
                               float *y) {
    ck_group g;
    const size_t oh = h / 2;
    for (size_t at = 0; at < c; at += GROUP) {
        fill_group(&g, c, at, stats, gamma, beta);
        for (size_t i = 0; i < n; i++)
            for (size_t line = 0; line < h; line += 2) {
                const size_t place = (i * h + line) * w * c + g.from;
                const float *d = dy + (i * oh + line / 2) * (w / 2) * c + g.from;
                const float *k = coefficients + g.from, *under = u ? u + place : NULL;
                const bool pair = line / 2 < oh;
#define SPREAD(width, j) spread_pair(&g, x + place, d, k, under, pair, w, c, j, width, y + place)
                EACH_VECTOR(&g, SPREAD);
#undef SPREAD
            }
    }
}

/// a·u + b + c·x̂ at the winner; 0 where the window's output is.
CK_INLINE void collect_vector(const ck_group *g, const float *x, const float *k, const float *u,
                              size_t row, size_t c, size_t j, size_t width, float *y) {
    const ck_quad q = look(x, row, c, g, j, width);
    f16 won[4], under = (f16)0.0f, centred = (f16)0.0f;
    mark(&q, won);
    for (int t = 0; t < 4; t++) {
        centred += won[t] * q.centred[t];
        if (u) under += won[t] * get(u + (t / 2) * row + (t % 2) * c + j, width);
    }
    const f16 value = get(k + j, width) * under + get(k + c + j, width)
                      + get(k + 2 * c + j, width) * (centred * get(g->inverse + j, width));
    put(y + j, q.best > 0.0f ? value : (f16)0.0f, width);
}

CK_CLONES
void ck_norm_relu_pool2_collect(size_t n, size_t h, size_t w, size_t c, const float *x,
                                const float *stats, const float *gamma, const float *beta,
                                const float *coefficients, const float *u, float *y) {
    ck_group g;
    const size_t oh = h / 2, ow = w / 2, row = w * c;
    for (size_t at = 0; at < c; at += GROUP) {
        fill_group(&g, c, at, stats, gamma, beta);
        for (size_t i = 0; i < n * oh; i++)
            for (size_t ox = 0; ox < ow; ox++) {
                const size_t place = (i / oh * h + i % oh * 2) * row + ox * 2 * c + g.from;
                const float *k = coefficients + g.from, *under = u ? u + place : NULL;
                float *into = y + (i * ow + ox) * c + g.from;
#define COLLECT(width, j) collect_vector(&g, x + place, k, under, row, c, j, width, into)
                EACH_VECTOR(&g, COLLECT);
#undef COLLECT
            }
    }
}
