// What the windows of a first layer see, laid out for dense products.

#pragma once
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
