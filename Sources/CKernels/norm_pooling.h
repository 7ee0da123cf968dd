// Batch norm, ReLU and 2×2 max pooling of stride 2 by windows: what the passes over them share.

#pragma once
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

/// What the gradient takes from the sums: Σ dy' and Σ dy'·x̂ over `rows` rows of c channels.
CK_INLINE void fill_shares(const ck_group *g, size_t c, const float *sums, size_t rows,
                           float *shared, float *slope) {
    const float share = 1.0f / (float)larger(rows, 1);
    for (size_t j = 0; j < g->count; j++) {
        shared[j] = sums[g->from + j] * share;
        slope[j] = g->inverse[j] * (sums[c + g->from + j] * share);
    }
}

/// dx of a pair of rows under one row of windows, or of an odd last row that no window sees. All
/// pointers are to the group's first channel.
CK_INLINE void back_rows(const ck_group *g, const float *shared, const float *slope, bool pair,
                         size_t w, size_t c, const float *x, const float *dy, float *dx) {
    const size_t ow = w / 2, row = w * c;
    for (size_t ox = 0; pair && ox < ow; ox++) {
        const size_t place = ox * 2 * c;
#define BACK(width, j) \
    back_vector(g, shared, slope, x + place, dy + ox * c, row, c, j, width, dx + place)
        EACH_VECTOR(g, BACK);
#undef BACK
    }
    // An odd last column, an odd last row.
    for (size_t t = 0; t < (pair ? 2u : 1u); t++)
        for (size_t px = pair ? ow * 2 : 0; px < w; px++) {
            const size_t place = t * row + px * c;
#define REST(width, j) rest_vector(g, shared, slope, x + place, j, width, dx + place)
            EACH_VECTOR(g, REST);
#undef REST
        }
}
