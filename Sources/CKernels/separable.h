// What the passes of a separable unit share: its sizes, the rectified input with a border of zeros,
// and depthwise rows over such bordered images.
//
// Images with their border are small enough for the second-level cache, so a pass reads and writes
// main memory once where separate operations would do so four to eight times.

#pragma once
#include "rectified.h"

enum { TILE = 7 };  // pixels side by side in registers: divides 14 and 28

/// Sizes of one image of a unit.
typedef struct {
    size_t c, out;                    // channels in and out
    size_t h, w, oh, ow;              // image in and out
    size_t k, step, stride, pad;      // of the depthwise window, square
    size_t bordered_h, bordered_w;    // input with its padding
    size_t reach, back_h, back_w;     // output with the border that its transpose needs
    size_t chunk;                     // output rows taken at once: near 84 pixels
} ck_unit;

CK_INLINE ck_unit unit(const ck_window *g, int32_t outputs) {
    ck_unit u = {.c = g->c, .out = outputs, .h = g->h, .w = g->w, .oh = g->oh, .ow = g->ow,
                 .k = g->kh, .step = g->dilation, .stride = g->stride, .pad = g->pad_h};
    u.bordered_h = u.h + 2 * u.pad;
    u.bordered_w = u.w + 2 * u.pad;
    u.reach = u.step * (u.k - 1) - u.pad;
    u.back_h = u.oh + 2 * u.reach;
    u.back_w = u.ow + 2 * u.reach;
    u.chunk = larger(1, 84 / u.ow);
    return u;
}

/// The rectified image inside its border, which stays as it is.
CK_INLINE void rectify_image(const ck_unit *u, ck_channels k, const float *x, float *bordered) {
    for (size_t y = 0; y < u->h; y++)
        rectify_pixels(u->w, u->c, k, x + y * u->w * u->c,
                       bordered + ((y + u->pad) * u->bordered_w + u->pad) * u->c, u->c);
}

/// One row of a depthwise convolution over a bordered image, 16 channels: out[i] = Σ in · weights.
CK_INLINE void tile_row(size_t T, size_t K, size_t D, size_t S, const float *in, size_t in_row,
                        size_t c, const float *weights, ptrdiff_t w_row, ptrdiff_t w_col,
                        float *out) {
    f16 sum[TILE];
    for (size_t t = 0; t < T; t++) sum[t] = (f16)0.0f;
#pragma clang loop unroll(disable)
    for (size_t ky = 0; ky < K; ky++) {
        const float *row = in + ky * D * in_row;
        f16 v[(TILE - 1) * 2 + 9];
#pragma clang loop unroll(full)
        for (size_t i = 0; i < S * (T - 1) + D * (K - 1) + 1; i++)
            if (S == 1 || D == 1 || i % 2 == 0) v[i] = load16(row + i * c);
#pragma clang loop unroll(full)
        for (size_t kx = 0; kx < K; kx++) {
            const f16 w = load16(weights + (ptrdiff_t)ky * w_row + (ptrdiff_t)kx * w_col);
#pragma clang loop unroll(full)
            for (size_t t = 0; t < T; t++) sum[t] += v[t * S + kx * D] * w;
        }
    }
    for (size_t t = 0; t < T; t++) store16(out + t * c, sum[t]);
}

CK_INLINE void depthwise_row_fixed(size_t K, size_t D, size_t S, const float *in, size_t in_row,
                                   size_t c, const float *weights, ptrdiff_t w_row,
                                   ptrdiff_t w_col, size_t count, float *out) {
    size_t x = 0;
    for (; x + TILE <= count; x += TILE)
        tile_row(TILE, K, D, S, in + x * S * c, in_row, c, weights, w_row, w_col, out + x * c);
    for (; x < count; x++)
        tile_row(1, K, D, S, in + x * S * c, in_row, c, weights, w_row, w_col, out + x * c);
}

/// Calls ACTION(K, D, S) with the unit's window as constants.
#define EACH_WINDOW(k, step, stride, ACTION)                                          \
    do {                                                                              \
        if ((k) == 3 && (step) == 1 && (stride) == 1) { ACTION(3, 1, 1); }            \
        else if ((k) == 3 && (step) == 2 && (stride) == 1) { ACTION(3, 2, 1); }       \
        else if ((k) == 5 && (step) == 1 && (stride) == 1) { ACTION(5, 1, 1); }       \
        else if ((k) == 5 && (step) == 2 && (stride) == 1) { ACTION(5, 2, 1); }       \
        else if ((k) == 3 && (step) == 1 && (stride) == 2) { ACTION(3, 1, 2); }       \
        else if ((k) == 3 && (step) == 2 && (stride) == 2) { ACTION(3, 2, 2); }       \
        else if ((k) == 5 && (step) == 1 && (stride) == 2) { ACTION(5, 1, 2); }       \
        else if ((k) == 5 && (step) == 2 && (stride) == 2) { ACTION(5, 2, 2); }       \
    } while (0)

/// Output row `row`: depthwise products of the bordered image.
CK_INLINE void depthwise_row(const ck_unit *u, const float *bordered, const float *weights,
                             size_t row, float *to) {
    const size_t line = u->bordered_w * u->c;
    for (size_t j = 0; j < u->c; j += 16) {
        const float *in = bordered + row * u->stride * line + j;
#define ROW(K, D, S)                                                                 \
    depthwise_row_fixed(K, D, S, in, line, u->c, weights + j, (ptrdiff_t)(K * u->c), \
                        (ptrdiff_t)u->c, u->ow, to + j)
        EACH_WINDOW(u->k, u->step, u->stride, ROW);
#undef ROW
    }
}
