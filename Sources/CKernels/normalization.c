// Batch norm over rows of channels.

#include "moments.h"

enum { BLOCK = 64 };  // rows whose strips share the first-level cache

CK_CLONES
void ck_norm_statistics(size_t rows, size_t c, const float *x, float epsilon, float *stats) {
    double mean[64] __attribute__((aligned(128))), squares[64] __attribute__((aligned(128)));
    if (c < 16 && rows >= 2 * FOLD) {
        const size_t folded = rows / FOLD, wide = FOLD * c, rest = rows % FOLD;
        double means[FOLDED], all_squares[FOLDED];
#define FOLDED_STATISTICS(V, width, at)                                               \
    strip_statistics(V, width, folded, wide, x + (at), mean, squares);                \
    memcpy(means + (at), mean, sizeof(double) * 16 * V);                              \
    memcpy(all_squares + (at), squares, sizeof(double) * 16 * V)
        EACH_STRIP(wide, FOLDED_STATISTICS);
        strip_statistics(1, c, rest, c, x + folded * wide, mean, squares);
        for (size_t j = 0; j < c; j++) {
            double known = 0, m = 0, q = 0;
            for (size_t i = 0; i < FOLD; i++)
                join((double)folded, means[i * c + j], all_squares[i * c + j], &known, &m, &q);
            join((double)rest, mean[j], squares[j], &known, &m, &q);
            finish_statistics(m, q, rows, epsilon, stats + j, stats + c + j);
        }
        return;
    }
#define STATISTICS(V, width, at)                                                      \
    strip_statistics(V, width, rows, c, x + (at), mean, squares);                     \
    for (size_t j = 0; j < ((width) < 16 ? (width) : 16 * V); j++)                    \
        finish_statistics(mean[j], squares[j], rows, epsilon, stats + (at) + j,       \
                          stats + c + (at) + j)
    EACH_STRIP(c, STATISTICS);
}

CK_INLINE void strip_apply(size_t V, size_t width, size_t rows, size_t c, size_t at, const float *x,
                           ck_channels k, bool relu, float *y) {
    f16 mean[4], scale[4], beta[4];
    for (size_t v = 0; v < V; v++) {
        const size_t j = at + 16 * v;
        mean[v] = get(k.mean + j, width);
        scale[v] = get(k.inverse + j, width) * get(k.gamma + j, width);
        beta[v] = get(k.beta + j, width);
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < V; v++) {
            const size_t j = r * c + at + 16 * v;
            f16 out = (get(x + j, width) - mean[v]) * scale[v] + beta[v];
            if (relu) out = RECTIFIED(out);
            put(y + j, out, width);
        }
}

CK_INLINE void apply(size_t rows, size_t c, const float *x, ck_channels k, int relu, float *y) {
    // Strips of the same few rows share the first-level cache.
    for (size_t from = 0; from < rows; from += BLOCK) {
        const size_t count = smaller(BLOCK, rows - from);
        const float *in = x + from * c;
        float *out = y + from * c;
#define APPLY(V, width, at)                                         \
    if (relu) strip_apply(V, width, count, c, at, in, k, true, out); \
    else strip_apply(V, width, count, c, at, in, k, false, out)
        EACH_STRIP(c, APPLY);
    }
}

CK_CLONES
void ck_norm_apply(size_t rows, size_t c, const float *x, const float *stats, const float *gamma,
                   const float *beta, int relu, float *y) {
    ck_channels k = {stats, stats + c, gamma, beta};
    size_t done = 0;
    if (c < 16 && rows >= 2 * FOLD) {
        float room[4][FOLDED];
        apply(rows / FOLD, FOLD * c, x, fold(k, c, room), relu, y);
        done = rows / FOLD * FOLD;
    }
    apply(rows - done, c, x + done * c, k, relu, y + done * c);
}

CK_INLINE void strip_add(size_t width, size_t rows, size_t c, size_t at, const float *a,
                         ck_channels ka, const float *b, ck_channels kb, bool both, float *y) {
    const f16 a_mean = get(ka.mean + at, width), a_beta = get(ka.beta + at, width);
    const f16 a_scale = get(ka.inverse + at, width) * get(ka.gamma + at, width);
    f16 b_mean = (f16)0.0f, b_beta = (f16)0.0f, b_scale = (f16)0.0f;
    if (both) {
        b_mean = get(kb.mean + at, width), b_beta = get(kb.beta + at, width);
        b_scale = get(kb.inverse + at, width) * get(kb.gamma + at, width);
    }
    for (size_t r = 0; r < rows; r++) {
        const size_t j = r * c + at;
        const f16 first = (get(a + j, width) - a_mean) * a_scale + a_beta;
        f16 second = get(b + j, width);
        if (both) second = (second - b_mean) * b_scale + b_beta;
        put(y + j, first + second, width);
    }
}

CK_CLONES
void ck_norm_add(size_t rows, size_t c, const float *a, const float *a_stats, const float *a_gamma,
                 const float *a_beta, const float *b, const float *b_stats, const float *b_gamma,
                 const float *b_beta, float *y) {
    const ck_channels ka = {a_stats, a_stats + c, a_gamma, a_beta};
    const ck_channels kb = {b_stats, b_stats ? b_stats + c : NULL, b_gamma, b_beta};
    const size_t lanes = smaller(16, c);
    for (size_t from = 0; from < rows; from += BLOCK) {
        const size_t count = smaller(BLOCK, rows - from), o = from * c;
        for (size_t strip = 0; strip < c; strip += 16) {
            const size_t at = smaller(strip, c - lanes);
#define ADD(width)                                                                              \
    if (b_stats) strip_add(width, count, c, at, a + o, ka, b + o, kb, true, y + o);             \
    else strip_add(width, count, c, at, a + o, ka, b + o, kb, false, y + o)
            if (lanes == 16) { ADD(16); } else { ADD(lanes); }
#undef ADD
        }
    }
}
