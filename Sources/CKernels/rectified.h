// What kernels that begin with [batch norm] and ReLU share: the rectified input forwards, and the
// way back through a batch norm behind the kernel and through the ReLU before it.

#pragma once
#include "moments.h"
#include "product.h"

enum { PARTS = 4 };  // chains of sums side by side, to hide the adds' latency

/// The channels of a batch norm before a unit's ReLU; `mean` is NULL if there is none.
CK_INLINE ck_channels channels_before(const float *stats, const float *gamma, const float *beta,
                                      size_t c) {
    return (ck_channels){stats, stats ? stats + c : NULL, gamma, beta};
}

/// max(norm(x), 0) of `count` pixels, to pixels `to_row` apart.
CK_INLINE void rectify_pixels(size_t count, size_t c, ck_channels k, const float *x, float *to,
                              size_t to_row) {
    for (size_t j = 0; j < c; j += 16) {
        if (k.mean == NULL) {
            for (size_t r = 0; r < count; r++) {
                f16 v = load16(x + r * c + j);
                store16(to + r * to_row + j, RECTIFIED(v));
            }
            continue;
        }
        const f16 mean = load16(k.mean + j), beta = load16(k.beta + j);
        const f16 scale = load16(k.inverse + j) * load16(k.gamma + j);
        for (size_t r = 0; r < count; r++) {
            f16 v = (load16(x + r * c + j) - mean) * scale + beta;
            store16(to + r * to_row + j, RECTIFIED(v));
        }
    }
}

/// dy behind a batch norm to du before it, for `count` pixels; without sums, dy is du.
CK_INLINE void through_norm(size_t count, size_t c, const float *u, ck_channels k, const float *dy,
                            const float *sums, size_t all, float *to, size_t to_row) {
    const f16 share = (f16)(1.0f / (float)larger(all, 1));
    for (size_t j = 0; j < c; j += 16) {
        if (sums == NULL) {
            for (size_t r = 0; r < count; r++) store16(to + r * to_row + j, load16(dy + r * c + j));
            continue;
        }
        const f16 mean = load16(k.mean + j), inverse = load16(k.inverse + j);
        const f16 scale = inverse * load16(k.gamma + j), shared = load16(sums + j) * share;
        const f16 slope = inverse * load16(sums + c + j) * share;
        for (size_t r = 0; r < count; r++) {
            const f16 centred = load16(u + r * c + j) - mean;
            store16(to + r * to_row + j,
                    scale * ((load16(dy + r * c + j) - shared) - centred * slope));
        }
    }
}

/// Other gradients to what a kernel reads, to be added to its own from value `at`.
typedef struct {
    const float *const *values;
    size_t count, at;
} ck_added;

/// N of the other gradients at a place; N is a constant, or as many as there are.
CK_INLINE f16 with_added(f16 d, ck_added more, size_t N, size_t place) {
    for (size_t i = 0; i < N; i++) d += load16(more.values[i] + more.at + place);
    return d;
}

CK_INLINE void mask_strip(size_t count, size_t c, size_t wide, ck_channels k, const float *active,
                          const float *da, const float *x, ck_added more, size_t N, float *dx,
                          double *sums, size_t j) {
    const bool normed = k.mean != NULL;
    const f16 mean = normed ? load16(k.mean + j) : (f16)0.0f;
    f16 sum[PARTS], product[PARTS];
    for (size_t i = 0; i < PARTS; i++) sum[i] = product[i] = (f16)0.0f;
#define PIXEL(r, i)                                                                       \
    do {                                                                                  \
        f16 d = load16(da + (r) * wide + j);                                              \
        d = load16(active + (r) * wide + j) > 0.0f ? d : (f16)0.0f;                       \
        d = with_added(d, more, N, (r) * c + j);                                          \
        store16(dx + (r) * c + j, d);                                                     \
        if (normed) {                                                                     \
            sum[i] += d;                                                                  \
            product[i] += d * (load16(x + (r) * c + j) - mean);                           \
        }                                                                                 \
    } while (0)
    size_t r = 0;
    for (; r + PARTS <= count; r += PARTS)
        for (size_t i = 0; i < PARTS; i++) PIXEL(r + i, i);
    for (; r < count; r++) PIXEL(r, 0);
#undef PIXEL
    if (!normed) return;
    const f16 s = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    const f16 p = (product[0] + product[1]) + (product[2] + product[3]);
    *(d16 *)(sums + j) += __builtin_convertvector(s, d16);
    *(d16 *)(sums + c + j) += __builtin_convertvector(p * load16(k.inverse + j), d16);
}

/// Pixels back through the ReLU, plus other gradients, with their part of the sums of the batch norm
/// before it. Pixels of `active` and `da` are `wide` values apart, those of x and dx c.
CK_INLINE void mask_pixels(size_t count, size_t c, size_t wide, ck_channels k, const float *active,
                           const float *da, const float *x, ck_added more, float *dx,
                           double *sums) {
    for (size_t j = 0; j < c; j += 16) {
        if (more.count == 0)
            mask_strip(count, c, wide, k, active, da, x, more, 0, dx, sums, j);
        else if (more.count == 1)
            mask_strip(count, c, wide, k, active, da, x, more, 1, dx, sums, j);
        else if (more.count == 2)
            mask_strip(count, c, wide, k, active, da, x, more, 2, dx, sums, j);
        else mask_strip(count, c, wide, k, active, da, x, more, more.count, dx, sums, j);
    }
}
