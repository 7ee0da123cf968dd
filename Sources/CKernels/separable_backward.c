// The gradient of a separable unit: through the batch norm behind it, the 1×1 and the depthwise
// convolution and the ReLU, to the values that the ReLU read; with the sums that the batch norm
// before it needs. One pass over memory: what the forward pass did not keep is computed again.

#include "separable.h"

/// sums[ky·K + kx] += Σ d · in over a row of `count` pixels, 16 channels.
CK_INLINE void gather_row(size_t K, size_t D, size_t S, size_t count, const float *in,
                          size_t in_row, size_t c, const float *d, float *sums) {
    f16 sum[25];
    for (size_t i = 0; i < K * K; i++) sum[i] = load16(sums + i * c);
#pragma clang loop unroll(disable)
    for (size_t x = 0; x < count; x++) {
        const f16 value = load16(d + x * c);
#pragma clang loop unroll(full)
        for (size_t ky = 0; ky < K; ky++) {
            const float *from = in + ky * D * in_row + x * S * c;
#pragma clang loop unroll(full)
            for (size_t kx = 0; kx < K; kx++) sum[ky * K + kx] += value * load16(from + kx * D * c);
        }
    }
    for (size_t i = 0; i < K * K; i++) store16(sums + i * c, sum[i]);
}

/// Output row `row`'s part of the depthwise weights' gradient.
CK_INLINE void gather_window(const ck_unit *u, const float *bordered, size_t row, const float *d,
                             float *sums) {
    const size_t line = u->bordered_w * u->c;
    for (size_t j = 0; j < u->c; j += 16) {
        const float *in = bordered + row * u->stride * line + j;
#define GATHER(K, D, S) gather_row(K, D, S, u->ow, in, line, u->c, d + j, sums + j)
        EACH_WINDOW(u->k, u->step, u->stride, GATHER);
#undef GATHER
    }
}

/// Input row `row` of the transpose at stride 2: each input gathers from the outputs that saw it,
/// which are those of the taps of its parity. `d` is bordered by the unit's reach.
CK_INLINE void strided_row(const ck_unit *u, const float *d, const float *weights, size_t row,
                           float *to) {
    const size_t back = u->back_w * u->c;
    for (size_t j = 0; j < u->c; j += 16)
        for (size_t parity = 0; parity < 2; parity++) {
            const size_t count = (u->w + 1 - parity) / 2;
            for (size_t at = 0; at < count;) {
                const size_t T = at + TILE <= count ? TILE : 1;
                f16 sum[TILE];
                for (size_t t = 0; t < TILE; t++) sum[t] = (f16)0.0f;
                for (size_t ky = 0; ky < u->k; ky++) {
                    const size_t y = row + u->pad + 2 * u->reach - ky * u->step;
                    if (y % 2 != 0) continue;
                    for (size_t kx = 0; kx < u->k; kx++) {
                        const size_t x = parity + u->pad + 2 * u->reach - kx * u->step;
                        if (x % 2 != 0) continue;
                        const float *from = d + y / 2 * back + (x / 2 + at) * u->c + j;
                        const f16 w = load16(weights + (ky * u->k + kx) * u->c + j);
                        if (T == TILE)
                            for (size_t t = 0; t < TILE; t++)
                                sum[t] += load16(from + t * u->c) * w;
                        else sum[0] += load16(from) * w;
                    }
                }
                for (size_t t = 0; t < T; t++)
                    store16(to + (2 * (at + t) + parity) * u->c + j, sum[t]);
                at += T;
            }
        }
}

size_t ck_separable_backward_scratch(const ck_window *g, int32_t outputs) {
    const ck_unit u = unit(g, outputs);
    const size_t pixels = u.chunk * u.ow;
    const size_t bordered = u.bordered_h * u.bordered_w * u.c, back = u.back_h * u.back_w * u.c;
    return sizeof(float)
           * (4 * u.c + u.c * u.out + pixels * (u.c + u.out) + u.w * u.c + bordered + back
              + 2 * u.k * u.k * u.c);
}

/// The pass over one unit. Where its channels are known, every offset is a constant.
CK_INLINE void unit_backward(ck_unit u, const ck_window *g, const float *x, const float *stats,
                             const float *gamma, const float *beta, const float *depthwise,
                             const float *pointwise, const float *dy, const float *y,
                             const float *y_stats, const float *y_gamma, const float *y_sums,
                             const float *const *added, int32_t added_count, float *scratch,
                             float *dx, float *sums, float *d_depthwise, float *d_pointwise) {
    const ck_channels before = channels_before(stats, gamma, beta, u.c);
    const ck_channels behind = channels_before(y_stats, y_gamma, NULL, u.out);
    const size_t in = u.h * u.w * u.c, out = u.oh * u.ow, most = u.chunk * u.ow;
    const size_t bordered = u.bordered_h * u.bordered_w * u.c, back = u.back_w * u.c;
    double *total = (double *)scratch;
    float *transposed = scratch + 4 * u.c, *chunk = transposed + u.c * u.out;
    float *du_chunk = chunk + most * u.c, *da_row = du_chunk + most * u.out;
    float *image = da_row + u.w * u.c, *d = image + bordered;
    float *flipped = d + u.back_h * back, *gathered = flipped + u.k * u.k * u.c;
    memset(total, 0, 2 * sizeof(double) * u.c);
    memset(d_pointwise, 0, sizeof(float) * u.c * u.out);
    for (size_t i = 0; i < u.c; i++)
        for (size_t j = 0; j < u.out; j++) transposed[j * u.c + i] = pointwise[i * u.out + j];
    const size_t taps = u.k * u.k;
    memset(d_depthwise, 0, sizeof(float) * taps * u.c);
    memset(image, 0, sizeof(float) * bordered);
    memset(d, 0, sizeof(float) * u.back_h * back);
    for (size_t i = 0; i < taps; i++)
        memcpy(flipped + i * u.c, depthwise + (taps - 1 - i) * u.c, sizeof(float) * u.c);
    // The sizes as the transpose of a depthwise convolution of stride 1 sees them.
    ck_unit turned = u;
    turned.bordered_w = u.back_w, turned.ow = u.w;
    for (size_t n = 0; n < (size_t)g->n; n++) {
        const float *from = x + n * in;
        float *to = dx + n * in;
        rectify_image(&u, before, from, image);
        memset(gathered, 0, sizeof(float) * taps * u.c);
        for (size_t row = 0; row < u.oh; row += u.chunk) {
            const size_t rows = smaller(u.chunk, u.oh - row), pixels = rows * u.ow;
            const size_t at = (n * out + row * u.ow) * u.out;
            const float *du = y_sums ? du_chunk : dy + at;
            if (y_sums)
                through_norm(pixels, u.out, y + at, behind, dy + at, y_sums, (size_t)g->n * out,
                             du_chunk, u.out);
            for (size_t r = 0; r < rows; r++) {
                float *inner = chunk + r * u.ow * u.c;
                const float *arriving = du + r * u.ow * u.out;
                depthwise_row(&u, image, depthwise, row + r, inner);
                float *inside = d + (u.reach + row + r) * back + u.reach * u.c;
                product(u.ow, u.out, u.c, arriving, u.out, 1, transposed, u.c, inside, u.c, false,
                        NULL);
                gather_window(&u, image, row + r, inside, gathered);
            }
            transposed_product(pixels, u.c, u.out, chunk, u.c, 1, du, u.out, d_pointwise, u.out);
        }
        // Sums of one image first: two levels keep rounding small.
        for (size_t i = 0; i < taps * u.c; i++) d_depthwise[i] += gathered[i];
        for (size_t row = 0; row < u.h; row++) {
            if (u.stride == 1) depthwise_row(&turned, d, flipped, row, da_row);
            else strided_row(&u, d, depthwise, row, da_row);
            const size_t line = row * u.w * u.c;
            const ck_added others = {added, (size_t)added_count, n * in + line};
            mask_pixels(u.w, u.c, u.c, before,
                        image + ((row + u.pad) * u.bordered_w + u.pad) * u.c, da_row, from + line,
                        others, to + line, total);
        }
    }
    if (sums == NULL) return;
    for (size_t j = 0; j < 2 * u.c; j++) sums[j] = (float)total[j];
}

#define PASS(u) \
    unit_backward(u, g, x, stats, gamma, beta, depthwise, pointwise, dy, y, y_stats, y_gamma, \
                  y_sums, added, added_count, scratch, dx, sums, d_depthwise, d_pointwise)

CK_CLONES
void ck_separable_backward(const ck_window *g, int32_t outputs, const float *x, const float *stats,
                           const float *gamma, const float *beta, const float *depthwise,
                           const float *pointwise, const float *dy, const float *y,
                           const float *y_stats, const float *y_gamma, const float *y_sums,
                           const float *const *added, int32_t added_count, float *scratch,
                           float *dx, float *sums, float *d_depthwise, float *d_pointwise) {
    ck_unit u = unit(g, outputs);
    if (u.c == 16 && u.out == 16) u.c = u.out = 16, PASS(u);
    else if (u.c == 32 && u.out == 32) u.c = u.out = 32, PASS(u);
    else PASS(u);
}
