// The forward pass of a separable unit: [batch norm], ReLU, depthwise convolution, 1×1 convolution,
// and the statistics of the result, in one pass over memory.

#include "separable.h"

size_t ck_separable_forward_scratch(const ck_window *g, int32_t outputs) {
    const ck_unit u = unit(g, outputs);
    const size_t bordered = u.bordered_h * u.bordered_w * u.c;
    // Moments of each channel are two doubles.
    return sizeof(float) * (bordered + u.chunk * u.ow * u.c + 4 * u.out);
}

/// The pass over one unit. Where its channels are known, every offset is a constant.
CK_INLINE void unit_forward(ck_unit u, const ck_window *g, const float *x, const float *stats,
                            const float *gamma, const float *beta, const float *depthwise,
                            const float *pointwise, float epsilon, float *scratch, float *y,
                            float *y_stats) {
    const ck_channels k = channels_before(stats, gamma, beta, u.c);
    const size_t bordered = u.bordered_h * u.bordered_w * u.c;
    double *mean = (double *)scratch, *squares = mean + u.out;
    float *image = scratch + 4 * u.out, *chunk = image + bordered;
    memset(mean, 0, 2 * sizeof(double) * u.out);
    memset(image, 0, sizeof(float) * bordered);
    for (size_t n = 0; n < (size_t)g->n; n++) {
        const size_t in = u.h * u.w * u.c;
        const float *from = x + n * in;
        rectify_image(&u, k, from, image);
        for (size_t row = 0; row < u.oh; row += u.chunk) {
            const size_t rows = smaller(u.chunk, u.oh - row), pixels = rows * u.ow;
            const size_t seen = n * u.oh * u.ow + row * u.ow;
            float *to = y + seen * u.out;
            for (size_t r = 0; r < rows; r++) {
                depthwise_row(&u, image, depthwise, row + r, chunk + r * u.ow * u.c);
            }
            product(pixels, u.c, u.out, chunk, u.c, 1, pointwise, u.out, to, u.out, false, NULL);
#define MOMENTS(V, width, at) \
    strip_moments(V, width, pixels, u.out, to + (at), seen, mean + (at), squares + (at))
            EACH_STRIP(u.out, MOMENTS);
        }
    }
    for (size_t j = 0; j < u.out; j++)
        finish_statistics(mean[j], squares[j], (size_t)g->n * u.oh * u.ow, epsilon, y_stats + j,
                          y_stats + u.out + j);
}

#define PASS(u) \
    unit_forward(u, g, x, stats, gamma, beta, depthwise, pointwise, epsilon, scratch, y, \
                 y_stats)

CK_CLONES
void ck_separable_forward(const ck_window *g, int32_t outputs, const float *x, const float *stats,
                          const float *gamma, const float *beta, const float *depthwise,
                          const float *pointwise, float epsilon, float *scratch, float *y,
                          float *y_stats) {
    ck_unit u = unit(g, outputs);
    if (u.c == 16 && u.out == 16) u.c = u.out = 16, PASS(u);
    else if (u.c == 32 && u.out == 32) u.c = u.out = 32, PASS(u);
    else PASS(u);
}
