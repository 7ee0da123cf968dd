// 1×1 convolution over rows of channels: dense products in blocks of rows that fit the first-level
// cache. Fewer than sixteen outputs run on zero-padded copies, so every path has full vectors.

#include "product.h"

enum {
    ROWS = 84,        // rows in a block of a forward product: a multiple of 14
    SUMMED_ROWS = 128,  // rows summed before the sum is added to the gradient
    DEPTH = 256,      // most channels summed in one pass
    WIDTH = 128,      // most columns of transposed weights at once
};

/// max(x, 0) of `rows` × `depth` values, packed.
CK_INLINE void rectify(size_t rows, size_t depth, const float *x, size_t x_row, float *to) {
    for (size_t r = 0; r < rows; r++) {
        size_t j = 0;
        for (; j + 16 <= depth; j += 16) {
            f16 v = load16(x + r * x_row + j);
            store16(to + r * depth + j, RECTIFIED(v));
        }
        for (; j < depth; j++) {
            float v = x[r * x_row + j];
            to[r * depth + j] = RECTIFIED(v);
        }
    }
}

/// `rows` × `width` values, width < 16, into rows of sixteen.
CK_INLINE void widen(size_t rows, size_t width, const float *from, size_t from_row, float *to) {
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < 16; j++) to[r * 16 + j] = j < width ? from[r * from_row + j] : 0;
}

CK_INLINE void narrow(size_t rows, size_t width, const float *from, float *to, size_t to_row) {
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < width; j++) to[r * to_row + j] = from[r * 16 + j];
}

/// y (+)= x · w, depth ≤ DEPTH.
CK_INLINE void forward_part(size_t rows, size_t depth, size_t columns, bool rectified,
                            const float *x, size_t x_row, const float *w, size_t w_row, float *y,
                            size_t y_row, bool add) {
    float copy[ROWS * DEPTH], wide_w[DEPTH * 16], wide_y[ROWS * 16];
    const bool thin = columns < 16;
    if (thin) widen(depth, columns, w, w_row, wide_w);
    for (size_t i = 0; i < rows; i += ROWS) {
        const size_t count = smaller(ROWS, rows - i);
        const float *a = x + i * x_row;
        float *into = y + i * y_row;
        if (rectified) rectify(count, depth, a, x_row, copy);
        if (thin && add) widen(count, columns, into, y_row, wide_y);
        product(count, depth, thin ? 16 : columns, rectified ? copy : a, rectified ? depth : x_row,
                1, thin ? wide_w : w, thin ? 16 : w_row, thin ? wide_y : into, thin ? 16 : y_row,
                add, NULL);
        if (thin) narrow(count, columns, wide_y, into, y_row);
    }
}

CK_INLINE void forward(size_t rows, size_t cin, size_t cout, bool rectified, const float *x,
                       const float *w, float *y) {
    if (cin == 0) memset(y, 0, sizeof(float) * rows * cout);
    for (size_t k = 0; k < cin; k += DEPTH)
        forward_part(rows, smaller(DEPTH, cin - k), cout, rectified, x + k, cin, w + k * cout, cout,
                     y, cout, k > 0);
}

CK_CLONES
void ck_pointwise_forward(size_t rows, size_t cin, size_t cout, const float *x, const float *w,
                          float *y) {
    forward(rows, cin, cout, false, x, w, y);
}

CK_CLONES
void ck_pointwise_forward_relu(size_t rows, size_t cin, size_t cout, const float *x, const float *w,
                               float *y) {
    forward(rows, cin, cout, true, x, w, y);
}

CK_CLONES
void ck_pointwise_backward_data(size_t rows, size_t cin, size_t cout, const float *dy,
                                const float *w, float *dx) {
    float transposed[DEPTH * WIDTH];
    if (cout == 0) memset(dx, 0, sizeof(float) * rows * cin);
    for (size_t k = 0; k < cout; k += DEPTH)
        for (size_t j = 0; j < cin; j += WIDTH) {
            const size_t depth = smaller(DEPTH, cout - k), width = smaller(WIDTH, cin - j);
            for (size_t b = 0; b < width; b++)
                for (size_t a = 0; a < depth; a++)
                    transposed[a * width + b] = w[(j + b) * cout + k + a];
            forward_part(rows, depth, width, false, dy + k, cout, transposed, width, dx + j, cin,
                         k > 0);
        }
}

CK_INLINE void backward_weights(size_t rows, size_t cin, size_t cout, bool rectified,
                                const float *x, const float *dy, float *dw) {
    float copy[SUMMED_ROWS * DEPTH], wide_dy[SUMMED_ROWS * 16], wide_dw[DEPTH * 16];
    const bool thin = cout < 16;
    memset(dw, 0, sizeof(float) * cin * cout);
    for (size_t k = 0; k < cin; k += DEPTH) {
        const size_t depth = smaller(DEPTH, cin - k);
        memset(wide_dw, 0, sizeof(wide_dw));
        for (size_t i = 0; i < rows; i += SUMMED_ROWS) {
            const size_t count = smaller(SUMMED_ROWS, rows - i);
            const float *a = x + i * cin + k, *d = dy + i * cout;
            if (rectified) rectify(count, depth, a, cin, copy);
            if (thin) widen(count, cout, d, cout, wide_dy);
            transposed_product(count, depth, thin ? 16 : cout, rectified ? copy : a,
                               rectified ? depth : cin, 1, thin ? wide_dy : d, thin ? 16 : cout,
                               thin ? wide_dw : dw + k * cout, thin ? 16 : cout);
        }
        if (thin) narrow(depth, cout, wide_dw, dw + k * cout, cout);
    }
}

CK_CLONES
void ck_pointwise_backward_weights(size_t rows, size_t cin, size_t cout, const float *x,
                                   const float *dy, float *dw) {
    backward_weights(rows, cin, cout, false, x, dy, dw);
}

CK_CLONES
void ck_pointwise_backward_weights_relu(size_t rows, size_t cin, size_t cout, const float *x,
                                        const float *dy, float *dw) {
    backward_weights(rows, cin, cout, true, x, dy, dw);
}
