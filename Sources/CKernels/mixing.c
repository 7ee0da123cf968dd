// Mixing of channels: [batch norm], ReLU and any number of 1×1 convolutions of one input, with the
// statistics of each result, and their gradient. The input may come in parts, as nodes that would
// otherwise be laid side by side first.
//
// A block of pixels stays in the first-level cache while it is rectified and multiplied, so a pass
// reads and writes main memory once whatever the number of results.

#include "rectified.h"

/// Calls ACTION(C, O) with the usual sizes as constants, which makes every offset one too.
#define EACH_SIZE(c, out, ACTION)                              \
    do {                                                       \
        if ((c) == 48 && (out) == 16) { ACTION(48, 16); }      \
        else if ((c) == 48 && (out) == 32) { ACTION(48, 32); } \
        else if ((c) == 48 && (out) == 64) { ACTION(48, 64); } \
        else if ((c) == 64 && (out) == 16) { ACTION(64, 16); } \
        else if ((c) == 64 && (out) == 32) { ACTION(64, 32); } \
        else { ACTION(c, out); }                               \
    } while (0)

/// Pixels taken at once: what is held of them fits the first-level cache several
/// times over, in full tiles of products.
CK_INLINE size_t block_of(size_t held) { return larger(14, smaller(84, 4096 / held / 14 * 14)); }

CK_INLINE size_t channels_of(const ck_mixing *g) { return (size_t)g->parts * (size_t)g->channels; }

CK_INLINE size_t outputs_of(const ck_mixed *results, int32_t count) {
    size_t all = 0;
    for (int32_t i = 0; i < count; i++) all += (size_t)results[i].outputs;
    return all;
}

/// All parts rectified, side by side.
CK_INLINE void rectify_parts(const ck_mixing *g, ck_channels k, size_t from, size_t count,
                             float *packed) {
    const size_t c = (size_t)g->channels, wide = channels_of(g);
    for (size_t p = 0; p < (size_t)g->parts; p++) {
        rectify_pixels(count, c, k, g->x[p] + from * c, packed + p * c, wide);
    }
}

size_t ck_mixing_forward_scratch(const ck_mixing *g, const ck_mixed *results, int32_t count) {
    const size_t c = channels_of(g), outputs = outputs_of(results, count);
    // Moments of each channel are two doubles.
    return sizeof(float) * (4 * outputs + block_of(c + outputs) * c);
}

CK_CLONES
void ck_mixing_forward(const ck_mixing *g, const ck_mixed *results, int32_t count, float epsilon,
                       float *scratch) {
    const size_t c = channels_of(g), outputs = outputs_of(results, count);
    const size_t block = block_of(c + outputs);
    const ck_channels k = channels_before(g->stats, g->gamma, g->beta, c);
    double *moments = (double *)scratch;
    float *packed = scratch + 4 * outputs;
    memset(moments, 0, 2 * sizeof(double) * outputs);
    for (size_t from = 0; from < g->rows; from += block) {
        const size_t pixels = smaller(block, g->rows - from);
        rectify_parts(g, k, from, pixels, packed);
        double *mean = moments;
        for (int32_t i = 0; i < count; i++) {
            const size_t out = (size_t)results[i].outputs;
            float *to = results[i].y + from * out;
            double *squares = mean + out;
#define PRODUCT(C, O) \
    product(pixels, C, O, packed, C, 1, results[i].weights, O, to, O, false, NULL)
            EACH_SIZE(c, out, PRODUCT);
#undef PRODUCT
#define MOMENTS(V, width, at) \
    strip_moments(V, width, pixels, out, to + (at), from, mean + (at), squares + (at))
            EACH_STRIP(out, MOMENTS);
#undef MOMENTS
            mean = squares + out;
        }
    }
    const double *mean = moments;
    for (int32_t i = 0; i < count; i++) {
        const size_t out = (size_t)results[i].outputs;
        for (size_t j = 0; j < out; j++)
            finish_statistics(mean[j], mean[out + j], g->rows, epsilon, results[i].y_stats + j,
                              results[i].y_stats + out + j);
        mean += 2 * out;
    }
}

size_t ck_mixing_backward_scratch(const ck_mixing *g, const ck_mixed *results, int32_t count) {
    const size_t c = channels_of(g), outputs = outputs_of(results, count);
    return sizeof(float)
           * (4 * c + 2 * c * outputs + block_of(2 * c + outputs) * (2 * c + outputs));
}

CK_CLONES
void ck_mixing_backward(const ck_mixing *g, const ck_mixed_gradient *results, int32_t count,
                        const float *const *added, int32_t added_count, float *scratch,
                        float *const *dx, float *sums) {
    size_t outputs = 0;
    for (int32_t i = 0; i < count; i++) outputs += (size_t)results[i].outputs;
    const size_t part = (size_t)g->channels, c = channels_of(g);
    const size_t block = block_of(2 * c + outputs);
    const ck_channels before = channels_before(g->stats, g->gamma, g->beta, c);
    double *total = (double *)scratch;
    float *transposed = scratch + 4 * c, *dw = transposed + c * outputs;
    float *packed = dw + c * outputs, *du = packed + block * c, *da = du + block * outputs;
    memset(total, 0, 2 * sizeof(double) * c);
    memset(dw, 0, sizeof(float) * c * outputs);
    size_t column = 0;
    for (int32_t q = 0; q < count; q++)
        for (size_t j = 0; j < (size_t)results[q].outputs; j++, column++)
            for (size_t i = 0; i < c; i++)
                transposed[column * c + i] = results[q].weights[i * results[q].outputs + j];
    for (size_t from = 0; from < g->rows; from += block) {
        const size_t pixels = smaller(block, g->rows - from);
        column = 0;
        for (int32_t q = 0; q < count; q++) {
            const ck_mixed_gradient *r = &results[q];
            const size_t out = (size_t)r->outputs;
            const ck_channels behind = channels_before(r->y_stats, r->y_gamma, NULL, out);
            through_norm(pixels, out, r->y_sums ? r->y + from * out : NULL, behind,
                         r->dy + from * out, r->y_sums, g->rows, du + column, outputs);
            column += out;
        }
        rectify_parts(g, before, from, pixels, packed);
#define PRODUCTS(C, O)                                                         \
    product(pixels, O, C, du, O, 1, transposed, C, da, C, false, NULL);        \
    transposed_product(pixels, C, O, packed, C, 1, du, O, dw, O)
        EACH_SIZE(c, outputs, PRODUCTS);
#undef PRODUCTS
        for (size_t p = 0; p < (size_t)g->parts; p++) {
            const ck_added others = {added, (size_t)added_count, from * part};
            mask_pixels(pixels, part, c, before, packed + p * part, da + p * part,
                        g->x[p] + from * part, others, dx[p] + from * part, total);
        }
    }
    column = 0;
    for (int32_t q = 0; q < count; q++) {
        const size_t out = (size_t)results[q].outputs;
        for (size_t i = 0; i < c; i++)
            memcpy(results[q].d_weights + i * out, dw + i * outputs + column, sizeof(float) * out);
        column += out;
    }
    if (sums == NULL) return;
    for (size_t j = 0; j < 2 * c; j++) sums[j] = (float)total[j];
}
