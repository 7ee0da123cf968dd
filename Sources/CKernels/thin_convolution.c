// Convolution of images with few channels, as in first layers. Patches of a few rows of output are
// laid out [tap, pixel], zero where the window leaves the image, and multiplied as dense products.

#include "norm_pooling.h"
#include "patches.h"

CK_CLONES
void ck_thin_forward(const ck_window *g, int32_t out, const float *x, const float *weights,
                     const float *bias, float *y) {
    float patch[TAPS * PIXELS], wide_w[TAPS * 16], wide_y[PIXELS * 16], wide_bias[16] = {0};
    const int taps = g->kh * g->kw * g->c, pixels = g->oh * g->ow;
    const size_t in = (size_t)g->h * g->w * g->c;
    const bool narrow = out < 16;
    // Whole rows where they fit: an even count for the product's tiles.
    const int step = g->ow <= PIXELS ? PIXELS / g->ow * g->ow : PIXELS;
    for (int first = 0; first < taps; first += TAPS) {
        const int count = smaller_int(TAPS, taps - first);
        const float *w = weights + (size_t)first * out;
        if (narrow) {
            for (int k = 0; k < count; k++)
                for (int j = 0; j < 16; j++) wide_w[k * 16 + j] = j < out ? w[k * out + j] : 0;
            for (int j = 0; j < out && bias; j++) wide_bias[j] = bias[j];
        }
        const bool add = first > 0;
        for (int n = 0; n < g->n; n++)
            for (int from = 0; from < pixels; from += step) {
                const int some = smaller_int(step, pixels - from);
                float *into = y + ((size_t)n * pixels + from) * out;
                lay_out(g, x + n * in, first, count, from, some, patch);
                for (int r = 0; narrow && add && r < some; r++)
                    for (int j = 0; j < out; j++) wide_y[r * 16 + j] = into[r * out + j];
                product(some, count, narrow ? 16 : out, patch, 1, PIXELS, narrow ? wide_w : w,
                        narrow ? 16 : out, narrow ? wide_y : into, narrow ? 16 : out, add,
                        narrow && bias ? wide_bias : bias);
                for (int r = 0; narrow && r < some; r++)
                    for (int j = 0; j < out; j++) into[r * out + j] = wide_y[r * 16 + j];
            }
    }
}

CK_CLONES
void ck_thin_backward_weights(const ck_window *g, int32_t out, const float *x, const float *dy,
                              float *dw) {
    float patch[TAPS * PIXELS], wide_dy[PIXELS * 16], wide_dw[TAPS * 16];
    const int taps = g->kh * g->kw * g->c, pixels = g->oh * g->ow;
    const size_t in = (size_t)g->h * g->w * g->c;
    const bool narrow = out < 16;
    const int step = g->ow <= PIXELS ? PIXELS / g->ow * g->ow : PIXELS;
    memset(dw, 0, sizeof(float) * taps * out);
    for (int first = 0; first < taps; first += TAPS) {
        const int count = smaller_int(TAPS, taps - first);
        float *into = dw + (size_t)first * out;
        memset(wide_dw, 0, sizeof(wide_dw));
        for (int n = 0; n < g->n; n++)
            for (int from = 0; from < pixels; from += step) {
                const int some = smaller_int(step, pixels - from);
                const float *d = dy + ((size_t)n * pixels + from) * out;
                lay_out(g, x + n * in, first, count, from, some, patch);
                for (int r = 0; narrow && r < some; r++)
                    for (int j = 0; j < 16; j++)
                        wide_dy[r * 16 + j] = j < out ? d[r * out + j] : 0;
                transposed_product(some, count, narrow ? 16 : out, patch, 1, PIXELS,
                                   narrow ? wide_dy : d, narrow ? 16 : out,
                                   narrow ? wide_dw : into, narrow ? 16 : out);
            }
        for (int k = 0; narrow && k < count; k++)
            for (int j = 0; j < out; j++) into[k * out + j] = wide_dw[k * 16 + j];
    }
}

/// Pixels of one product: whole rows where they fit.
CK_INLINE size_t chunk(size_t w) { return w <= PIXELS ? PIXELS / w * w : PIXELS; }

size_t ck_thin_backward_weights_pool2_scratch(const ck_window *g, int32_t out) {
    return sizeof(float) * (chunk((size_t)g->ow) + 2 * (size_t)g->ow) * (size_t)out;
}

CK_CLONES
void ck_thin_backward_weights_pool2(const ck_window *g, int32_t out, const float *images,
                                    const float *x, const float *stats, const float *gamma,
                                    const float *beta, const float *dy, const float *sums,
                                    float *scratch, float *dw) {
    float patch[TAPS * PIXELS], shared[GROUP], slope[GROUP];
    ck_group group;
    const size_t c = (size_t)out, h = (size_t)g->oh, w = (size_t)g->ow, oh = h / 2, ow = w / 2;
    const size_t in = (size_t)g->h * (size_t)g->w * (size_t)g->c, step = chunk(w);
    const int taps = g->kh * g->kw * g->c;
    memset(dw, 0, sizeof(float) * (size_t)taps * c);
    fill_group(&group, c, 0, stats, gamma, beta);
    fill_shares(&group, c, sums, (size_t)g->n * h * w, shared, slope);
    for (size_t n = 0; n < (size_t)g->n; n++) {
        size_t ready = 0, done = 0;  // pixels
        for (size_t row = 0; row < h; row += 2) {
            const bool pair = row / 2 < oh, last = row + 2 >= h;
            back_rows(&group, shared, slope, pair, w, c, x + (n * h + row) * w * c,
                      dy + (n * oh + row / 2) * ow * c, scratch + ready * c);
            ready += pair ? 2 * w : w;
            size_t at = 0;
            while (ready - at >= step || (last && at < ready)) {
                const size_t some = smaller(step, ready - at);
                lay_out(g, images + n * in, 0, taps, (int)done, (int)some, patch);
                transposed_product(some, (size_t)taps, c, patch, 1, PIXELS, scratch + at * c, c,
                                   dw, c);
                at += some;
                done += some;
            }
            ready -= at;
            if (at > 0 && ready > 0) memmove(scratch, scratch + at * c, sizeof(float) * ready * c);
        }
    }
}
