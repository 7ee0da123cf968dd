// Depthwise convolution. The data gradient is the same walk as the forward pass with the taps
// reversed; the weight gradient keeps every tap's sum in a register along a row.

#include "window.h"

#define LANES 16
#include "depthwise_row.h"
#define LANES 8
#include "depthwise_row.h"
#define LANES 4
#include "depthwise_row.h"
#define LANES 1
#include "depthwise_row.h"

CK_CLONES
void ck_depthwise_forward(const ck_window *g, const float *x, const float *weights, float *y) {
    walk_forward(WALK_PRODUCT, g, x, weights, NULL, y);
}

CK_CLONES
void ck_depthwise_forward_relu(const ck_window *g, const float *x, const float *weights,
                               float *y) {
    walk_forward(WALK_RECTIFIED_PRODUCT, g, x, weights, NULL, y);
}

CK_CLONES
void ck_depthwise_backward_data(const ck_window *g, const float *dy, const float *weights,
                                float *dx) {
    walk_backward(WALK_PRODUCT, g, dy, weights, NULL, dx, NULL, NULL);
}

/// Sums of one image are added to dw image by image, in order: two levels keep rounding small.
CK_INLINE void gather_weights(const ck_window *g, bool rectified, const float *x, const float *dy,
                              float *dw) {
    const int c = g->c;
    const size_t in = (size_t)g->h * g->w * c, out = (size_t)g->oh * g->ow * c;
    memset(dw, 0, sizeof(float) * g->kh * g->kw * c);
    for (int n = 0; n < g->n; n++) {
        const float *xn = x + n * in, *dyn = dy + n * out;
        if (c >= 16)
            for (int at = 0; at < c; at += 64) gather_image_16(g, rectified, xn, dyn, at, dw);
        else if (c >= 8)
            for (int at = 0; at < c; at += 32) gather_image_8(g, rectified, xn, dyn, at, dw);
        else if (c >= 4)
            for (int at = 0; at < c; at += 16) gather_image_4(g, rectified, xn, dyn, at, dw);
        else
            gather_image_1(g, rectified, xn, dyn, 0, dw);
    }
}

CK_CLONES
void ck_depthwise_backward_weights(const ck_window *g, const float *x, const float *dy,
                                   float *dw) {
    gather_weights(g, false, x, dy, dw);
}

CK_CLONES
void ck_depthwise_backward_weights_relu(const ck_window *g, const float *x, const float *dy,
                                        float *dw) {
    gather_weights(g, true, x, dy, dw);
}
