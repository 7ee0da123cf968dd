// 3×3 convolutions of stride 1 by minimal filtering, F(2×2, 3×3): Lavin and Gray, 2016, "Fast
// algorithms for convolutional neural networks". Sixteen products of matrices take the place of
// 4 · 9 multiplications a channel pair, for each 2×2 tile of outputs. Tiles of all images are taken
// in blocks that stay in the second-level cache.

#include "product.h"

enum {
    PLACES = 16,  // of a transformed tile
    TILES = 96,   // in a block: a multiple of the product's six rows
};

/// Where blocks, weights and edges lie in the scratch memory; planes are set apart by a cache line,
/// so that the sixteen of them do not fight for the same lines of the cache.
typedef struct {
    int across, down;      // tiles of an image
    size_t tiles;          // of all images
    size_t in, out;        // channels
    size_t in_plane, out_plane, weight_plane;
    float *weights, *inputs, *outputs, *zeros, *turned;
} ck_tiling;

CK_INLINE ck_tiling tiling(const ck_window *g, int oh, int ow, int in, int out, float *scratch) {
    ck_tiling t = {.across = (ow + 1) / 2, .down = (oh + 1) / 2};
    t.in = (size_t)in;
    t.out = (size_t)out;
    t.tiles = (size_t)g->n * (size_t)t.across * (size_t)t.down;
    t.in_plane = TILES * t.in + 16;
    t.out_plane = TILES * t.out + 16;
    t.weight_plane = t.in * t.out + 16;
    t.weights = scratch;
    t.inputs = t.weights + PLACES * t.weight_plane;
    t.outputs = t.inputs + PLACES * t.in_plane;
    t.zeros = t.outputs + PLACES * t.out_plane;
    t.turned = t.zeros + larger(t.in, t.out);
    return t;
}

size_t ck_winograd_scratch(const ck_window *g, int32_t out) {
    const size_t in = (size_t)g->c, k = (size_t)out;
    return sizeof(float)
           * (PLACES * (in * k + TILES * (in + k) + 48) + larger(in, k) + 9 * in * k);
}

/// B'dB of a 4×4 tile d: sums and differences of rows, then of columns.
CK_INLINE void input_tile(const float *const from[16], size_t channels, float *to, size_t plane) {
    for (size_t j = 0; j < channels; j += 16) {
        f16 d[16], r[16];
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) d[i] = load16(from[i] + j);
#pragma clang loop unroll(full)
        for (int x = 0; x < 4; x++) {
            r[x] = d[x] - d[8 + x];
            r[4 + x] = d[4 + x] + d[8 + x];
            r[8 + x] = d[8 + x] - d[4 + x];
            r[12 + x] = d[4 + x] - d[12 + x];
        }
#pragma clang loop unroll(full)
        for (int y = 0; y < 16; y += 4) {
            store16(to + (y + 0) * plane + j, r[y] - r[y + 2]);
            store16(to + (y + 1) * plane + j, r[y + 1] + r[y + 2]);
            store16(to + (y + 2) * plane + j, r[y + 2] - r[y + 1]);
            store16(to + (y + 3) * plane + j, r[y + 1] - r[y + 3]);
        }
    }
}

/// Tiles from..<from + count of an image [h, w, channels] whose first tile begins at −pad.
CK_INLINE void input_block(const ck_tiling *t, const float *x, int h, int w, size_t channels,
                           int pad_h, int pad_w, size_t from, size_t count, size_t plane,
                           float *to) {
    const size_t each = (size_t)t->across * (size_t)t->down;
    for (size_t i = 0; i < count; i++) {
        const size_t n = (from + i) / each, place = (from + i) % each;
        const int y0 = (int)(place / (size_t)t->across) * 2 - pad_h;
        const int x0 = (int)(place % (size_t)t->across) * 2 - pad_w;
        const float *image = x + n * (size_t)h * (size_t)w * channels;
        const float *d[16];
        for (int a = 0; a < 16; a++) {
            const int iy = y0 + a / 4, ix = x0 + a % 4;
            const bool inside = iy >= 0 && iy < h && ix >= 0 && ix < w;
            d[a] = inside ? image + ((size_t)iy * (size_t)w + (size_t)ix) * channels : t->zeros;
        }
        input_tile(d, channels, to + i * channels, plane);
    }
}

/// A'MA of a tile, and the bias.
CK_INLINE void output_tile(const float *from, size_t plane, size_t channels, const float *bias,
                           float *const to[4]) {
    for (size_t j = 0; j < channels; j += 16) {
        f16 r[8];
        const f16 b = bias ? load16(bias + j) : (f16)0.0f;
#pragma clang loop unroll(full)
        for (int x = 0; x < 4; x++) {
            const float *m = from + x * plane + j;
            const f16 m1 = load16(m + 4 * plane), m2 = load16(m + 8 * plane);
            r[x] = load16(m) + m1 + m2;
            r[4 + x] = m1 - m2 - load16(m + 12 * plane);
        }
#pragma clang loop unroll(full)
        for (int y = 0; y < 2; y++) {
            const f16 *q = r + 4 * y;
            if (to[2 * y]) store16(to[2 * y] + j, (q[0] + q[1]) + (q[2] + b));
            if (to[2 * y + 1]) store16(to[2 * y + 1] + j, (q[1] - q[2]) + (b - q[3]));
        }
    }
}

CK_INLINE void output_block(const ck_tiling *t, int oh, int ow, const float *bias, size_t from,
                            size_t count, float *y) {
    const size_t each = (size_t)t->across * (size_t)t->down;
    for (size_t i = 0; i < count; i++) {
        const size_t n = (from + i) / each, place = (from + i) % each;
        const int oy = (int)(place / (size_t)t->across) * 2;
        const int ox = (int)(place % (size_t)t->across) * 2;
        float *const first = y + ((n * (size_t)oh + (size_t)oy) * (size_t)ow + (size_t)ox) * t->out;
        const size_t row = (size_t)ow * t->out;
        const bool right = ox + 1 < ow, below = oy + 1 < oh;
        float *const to[4] = {
            first, right ? first + t->out : NULL, below ? first + row : NULL,
            right && below ? first + row + t->out : NULL,
        };
        output_tile(t->outputs + i * t->out, t->out_plane, t->out, bias, to);
    }
}

/// GwG' of nine taps, `tap` apart, into sixteen places, `plane` apart.
CK_INLINE void weight_places(const f16 w[9], float *to, size_t plane) {
    f16 r[12];
    const f16 half = (f16)0.5f;
    for (int x = 0; x < 3; x++) {
        const f16 ends = (w[x] + w[6 + x]) * half, middle = w[3 + x] * half;
        r[x] = w[x];
        r[3 + x] = ends + middle;
        r[6 + x] = ends - middle;
        r[9 + x] = w[6 + x];
    }
    for (int y = 0; y < 4; y++) {
        const f16 ends = (r[3 * y] + r[3 * y + 2]) * half, middle = r[3 * y + 1] * half;
        store16(to + (4 * y + 0) * plane, r[3 * y]);
        store16(to + (4 * y + 1) * plane, ends + middle);
        store16(to + (4 * y + 2) * plane, ends - middle);
        store16(to + (4 * y + 3) * plane, r[3 * y + 2]);
    }
}

/// Weights [3, 3, in, out] to [16][in, out].
CK_INLINE void transform_weights(const ck_tiling *t, const float *weights) {
    const size_t pairs = t->in * t->out;
    for (size_t j = 0; j < pairs; j += 16) {
        f16 w[9];
        for (int tap = 0; tap < 9; tap++) w[tap] = load16(weights + tap * pairs + j);
        weight_places(w, t->weights + j, t->weight_plane);
    }
}

#define LOW(i) i, 16 + i
/// One step of turning a square of 16 vectors: halves of pairs that stand `by` apart change places.
CK_INLINE void interleave(const f16 from[16], f16 to[16]) {
    for (int i = 0; i < 8; i++) {
        to[2 * i] = __builtin_shufflevector(from[i], from[i + 8], LOW(0), LOW(1), LOW(2), LOW(3),
                                            LOW(4), LOW(5), LOW(6), LOW(7));
        to[2 * i + 1] = __builtin_shufflevector(from[i], from[i + 8], LOW(8), LOW(9), LOW(10),
                                                LOW(11), LOW(12), LOW(13), LOW(14), LOW(15));
    }
}

/// [rows, columns] to [columns, rows], both multiples of sixteen.
CK_INLINE void turn(const float *from, size_t rows, size_t columns, float *to) {
    for (size_t i = 0; i < rows; i += 16)
        for (size_t j = 0; j < columns; j += 16) {
            f16 a[16], b[16];
            for (size_t k = 0; k < 16; k++) a[k] = load16(from + (i + k) * columns + j);
            interleave(a, b);
            interleave(b, a);
            interleave(a, b);
            interleave(b, a);
            for (size_t k = 0; k < 16; k++) store16(to + (j + k) * rows + i, a[k]);
        }
}

/// y[rows × out] = a[rows × in] · b in tiles of six rows; `rows` is a multiple of six. Before each, a
/// few of the lines that the block will write are fetched into the second-level cache.
CK_INLINE void filter_product(const ck_tiling *t, size_t rows, const float *a, const float *b,
                              float *y, const char **ahead) {
    for (size_t i = 0; i < rows; i += 6) {
        // Four pixels a tile, over the products of all places.
        const size_t lines = 6 * 4 * sizeof(float) * t->out / PLACES;
        for (size_t at = 0; at < lines; at += 64) __builtin_prefetch(*ahead + at, 1, 2);
        *ahead += lines;
        const float *from = a + i * t->in;
        float *to = y + i * t->out;
        size_t j = 0;
        for (; j + 64 <= t->out; j += 64)
            product_tile(6, 4, t->in, from, t->in, 1, b + j, t->out, to + j, t->out, false, NULL,
                         0);
        for (; j < t->out; j += 16)
            product_tile(6, 1, t->in, from, t->in, 1, b + j, t->out, to + j, t->out, false, NULL,
                         0);
    }
}

/// Images [n, h, w, in] by weights that are transformed already; first tile at −pad.
CK_INLINE void filter(const ck_tiling *t, const float *x, int h, int w, int pad_h, int pad_w,
                      const float *bias, int oh, int ow, float *y) {
    memset(t->zeros, 0, sizeof(float) * larger(t->in, t->out));
    for (size_t from = 0; from < t->tiles; from += TILES) {
        const size_t count = smaller(TILES, t->tiles - from), rows = (count + 5) / 6 * 6;
        input_block(t, x, h, w, t->in, pad_h, pad_w, from, count, t->in_plane, t->inputs);
        const size_t each = (size_t)t->across * (size_t)t->down, n = from / each;
        const size_t line = n * (size_t)oh + from % each / (size_t)t->across * 2;
        const char *ahead = (const char *)(y + line * (size_t)ow * t->out);
        for (int p = 0; p < PLACES; p++) {
            float *a = t->inputs + p * t->in_plane;
            memset(a + count * t->in, 0, sizeof(float) * (rows - count) * t->in);
            filter_product(t, rows, a, t->weights + p * t->weight_plane,
                           t->outputs + p * t->out_plane, &ahead);
        }
        output_block(t, oh, ow, bias, from, count, y);
    }
}

CK_CLONES
void ck_winograd_forward(const ck_window *g, int32_t out, const float *x, const float *weights,
                         const float *bias, float *scratch, float *y) {
    const ck_tiling t = tiling(g, g->oh, g->ow, g->c, out, scratch);
    transform_weights(&t, weights);
    filter(&t, x, g->h, g->w, g->pad_h, g->pad_w, bias, g->oh, g->ow, y);
}

CK_CLONES
void ck_winograd_backward_data(const ck_window *g, int32_t out, const float *dy,
                               const float *weights, float *scratch, float *dx) {
    const ck_tiling t = tiling(g, g->h, g->w, out, g->c, scratch);
    const size_t pairs = t.in * t.out;
    for (int tap = 0; tap < 9; tap++)
        turn(weights + tap * pairs, t.out, t.in, t.turned + (8 - tap) * pairs);
    transform_weights(&t, t.turned);
    filter(&t, dy, g->oh, g->ow, 2 - g->pad_h, 2 - g->pad_w, NULL, g->h, g->w, dx);
}

/// A dy A' of the 2×2 tiles from..<from + count.
CK_INLINE void gradient_block(const ck_tiling *t, const float *dy, int oh, int ow, size_t from,
                              size_t count) {
    const size_t each = (size_t)t->across * (size_t)t->down, plane = t->out_plane;
    for (size_t i = 0; i < count; i++) {
        const size_t n = (from + i) / each, place = (from + i) % each;
        const int oy = (int)(place / (size_t)t->across) * 2;
        const int ox = (int)(place % (size_t)t->across) * 2;
        const float *first =
            dy + ((n * (size_t)oh + (size_t)oy) * (size_t)ow + (size_t)ox) * t->out;
        const size_t row = (size_t)ow * t->out;
        const bool right = ox + 1 < ow, below = oy + 1 < oh;
        const float *const d[4] = {
            first, right ? first + t->out : t->zeros, below ? first + row : t->zeros,
            right && below ? first + row + t->out : t->zeros,
        };
        float *to = t->outputs + i * t->out;
        for (size_t j = 0; j < t->out; j += 16) {
            const f16 d0 = load16(d[0] + j), d1 = load16(d[1] + j);
            const f16 d2 = load16(d[2] + j), d3 = load16(d[3] + j);
            const f16 left[4] = {d0, d0 + d2, d0 - d2, -d2};
            const f16 other[4] = {d1, d1 + d3, d1 - d3, -d3};
            for (int y = 0; y < 4; y++) {
                store16(to + (4 * y + 0) * plane + j, left[y]);
                store16(to + (4 * y + 1) * plane + j, left[y] + other[y]);
                store16(to + (4 * y + 2) * plane + j, left[y] - other[y]);
                store16(to + (4 * y + 3) * plane + j, -other[y]);
            }
        }
    }
}

/// s[in × out] += a[rows × in]' · d[rows × out].
CK_INLINE void gradient_product(const ck_tiling *t, size_t rows, const float *a, const float *d,
                                float *s) {
    size_t j = 0;
    for (; j + 64 <= t->out; j += 64) {
        size_t k = 0;
        for (; k + 6 <= t->in; k += 6)
            transposed_tile(6, 4, rows, a + k, t->in, 1, d + j, t->out, s + k * t->out + j, t->out,
                            0);
        for (; k + 2 <= t->in; k += 2)
            transposed_tile(2, 4, rows, a + k, t->in, 1, d + j, t->out, s + k * t->out + j, t->out,
                            0);
    }
    if (j < t->out)
        transposed_product(rows, t->in, t->out - j, a, t->in, 1, d + j, t->out, s + j, t->out);
}

/// G'SG of the sums in the scratch memory: the transform of the weights, transposed.
CK_INLINE void untransform_weights(const ck_tiling *t, float *dw) {
    const size_t pairs = t->in * t->out, plane = t->weight_plane;
    const f16 half = (f16)0.5f;
    for (size_t j = 0; j < pairs; j += 16) {
        f16 r[12];
        for (int x = 0; x < 4; x++) {
            const float *s = t->weights + x * plane + j;
            const f16 s1 = load16(s + 4 * plane), s2 = load16(s + 8 * plane);
            const f16 sum = (s1 + s2) * half;
            r[x] = load16(s) + sum;
            r[4 + x] = (s1 - s2) * half;
            r[8 + x] = load16(s + 12 * plane) + sum;
        }
        for (int y = 0; y < 3; y++) {
            const f16 *q = r + 4 * y, sum = (q[1] + q[2]) * half;
            store16(dw + (3 * y + 0) * pairs + j, q[0] + sum);
            store16(dw + (3 * y + 1) * pairs + j, (q[1] - q[2]) * half);
            store16(dw + (3 * y + 2) * pairs + j, q[3] + sum);
        }
    }
}

CK_CLONES
void ck_winograd_backward_weights(const ck_window *g, int32_t out, const float *x, const float *dy,
                                  float *scratch, float *dw) {
    const ck_tiling t = tiling(g, g->oh, g->ow, g->c, out, scratch);
    memset(t.zeros, 0, sizeof(float) * larger(t.in, t.out));
    memset(t.weights, 0, sizeof(float) * PLACES * t.weight_plane);
    for (size_t from = 0; from < t.tiles; from += TILES) {
        const size_t count = smaller(TILES, t.tiles - from);
        input_block(&t, x, g->h, g->w, t.in, g->pad_h, g->pad_w, from, count, t.in_plane,
                    t.inputs);
        gradient_block(&t, dy, g->oh, g->ow, from, count);
        for (int p = 0; p < PLACES; p++)
            gradient_product(&t, count, t.inputs + p * t.in_plane, t.outputs + p * t.out_plane,
                             t.weights + p * t.weight_plane);
    }
    untransform_weights(&t, dw);
}
