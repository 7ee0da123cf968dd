// Convolution of images with few channels, as in first layers. Patches of a few rows of output are
// laid out [tap, pixel], zero where the window leaves the image, and multiplied as dense products.

#include "product.h"

enum {
    PIXELS = 128,  // in a patch
    TAPS = 128,    // window positions × channels in one pass
};

/// Taps first..<first + count of output pixels from..<from + pixels of one image.
CK_INLINE void lay_out(const ck_window *g, const float *x, int first, int count, int from,
                       int pixels, float *patch) {
    const int c = g->c;
    for (int i = 0; i < count; i++) {
        const int tap = first + i, channel = tap % c, kx = tap / c % g->kw, ky = tap / c / g->kw;
        const int x0 = kx * g->dilation - g->pad_w;
        const int clear = larger_int(0, (larger_int(0, -x0) + g->stride - 1) / g->stride);
        const int beyond = g->w - x0;  // columns below this, in strides, are inside
        const int clear_end = beyond > 0 ? (beyond + g->stride - 1) / g->stride : 0;
        float *to = patch + i * PIXELS;
        for (int done = 0; done < pixels;) {
            const int oy = (from + done) / g->ow, ox = (from + done) % g->ow;
            const int length = smaller_int(g->ow - ox, pixels - done);
            const int iy = oy * g->stride + ky * g->dilation - g->pad_h;
            int low = larger_int(ox, clear), high = smaller_int(ox + length, clear_end);
            if (iy < 0 || iy >= g->h || low >= high) low = high = ox + length;
            const float *line = x + ((ptrdiff_t)iy * g->w + x0) * c + channel;
            float *row = to + done - ox;
            for (int j = ox; j < low; j++) row[j] = 0;
            if (c == 1 && g->stride == 1) {
                int j = low;
                for (; j + 16 <= high; j += 16) store16(row + j, load16(line + j));
                if (j < high && high - low >= 16) {
                    store16(row + high - 16, load16(line + high - 16));
                    j = high;
                }
                for (; j < high; j++) row[j] = line[j];
            } else {
                for (int j = low; j < high; j++) row[j] = line[(ptrdiff_t)j * g->stride * c];
            }
            for (int j = high; j < ox + length; j++) row[j] = 0;
            done += length;
        }
    }
}

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
