// Sums, maxima and positions of maxima over the middle of [outer, axis, inner].
//
// Sums run in single precision over blocks and in double precision from block to block; the
// blocks depend on the shape alone. A NaN loses every comparison except as the first value.

#include "lanes.h"

enum { BLOCK = 64 };  // values a lane sums in single precision

/// inner = 1: one contiguous run, on four vectors side by side.
CK_INLINE double sum_run(size_t count, const float *x) {
    double total = 0;
    size_t i = 0;
    for (; i + 64 <= count;) {
        const size_t end = smaller(count / 64 * 64, i + 64 * BLOCK);
        f16 sum[4] = {(f16)0.0f, (f16)0.0f, (f16)0.0f, (f16)0.0f};
        for (; i < end; i += 64)
            for (int v = 0; v < 4; v++) sum[v] += load16(x + i + 16 * v);
        float lanes[16];
        store16(lanes, (sum[0] + sum[1]) + (sum[2] + sum[3]));
        for (int l = 0; l < 16; l++) total += (double)lanes[l];
    }
    for (; i < count; i++) total += (double)x[i];
    return total;
}

/// V vectors of lanes over the axis, `inner` apart.
CK_INLINE void sum_strip(size_t V, size_t width, size_t axis, size_t inner, const float *x,
                         float *y) {
    d16 total[4];
    for (size_t v = 0; v < V; v++) total[v] = (d16)0.0;
    for (size_t from = 0; from < axis; from += BLOCK) {
        const size_t end = smaller(axis, from + BLOCK);
        f16 sum[4];
        for (size_t v = 0; v < V; v++) sum[v] = (f16)0.0f;
        for (size_t a = from; a < end; a++)
            for (size_t v = 0; v < V; v++) {
                const float *p = x + a * inner + 16 * v;
                sum[v] += width == 16 ? load16(p) : load_some(p, width);
            }
        for (size_t v = 0; v < V; v++) total[v] += __builtin_convertvector(sum[v], d16);
    }
    for (size_t v = 0; v < V; v++) {
        const f16 result = __builtin_convertvector(total[v], f16);
        if (width == 16) store16(y + 16 * v, result);
        else store_some(y, result, 0, width);
    }
}

/// inner < 16 and outer = 1 over a long axis: sixteen places of the axis folded into one.
CK_INLINE void sum_folded(size_t axis, size_t inner, const float *x, float *y) {
    const size_t wide = 16 * inner, folded = axis / 16;
    float parts[256];
    double total[16] = {0};
    for (size_t j = 0; j < wide; j += 16) sum_strip(1, 16, folded, wide, x + j, parts + j);
    for (size_t j = 0; j < wide; j++) total[j % inner] += (double)parts[j];
    for (size_t i = folded * wide; i < axis * inner; i++) total[i % inner] += (double)x[i];
    for (size_t j = 0; j < inner; j++) y[j] = (float)total[j];
}

CK_INLINE void sum(size_t outer, size_t axis, size_t inner, const float *x, float *y) {
    for (size_t o = 0; o < outer; o++, x += axis * inner, y += inner) {
        if (inner == 1) {
            y[0] = (float)sum_run(axis, x);
        } else if (inner < 16 && axis >= 64) {
            sum_folded(axis, inner, x, y);
        } else if (inner < 16) {
            sum_strip(1, inner, axis, inner, x, y);
        } else {
            size_t j = 0;
            for (; j + 64 <= inner; j += 64) sum_strip(4, 16, axis, inner, x + j, y + j);
            for (; j < inner; j += 16) {
                const size_t at = smaller(j, inner - 16);
                sum_strip(1, 16, axis, inner, x + at, y + at);
            }
        }
    }
}

CK_CLONES
void ck_sum(size_t outer, size_t axis, size_t inner, const float *x, float *y) {
    sum(outer, axis, inner, x, y);
}

/// Best value and its position on each of up to sixteen lanes, places `stride` apart.
CK_INLINE void best_of(size_t width, size_t axis, size_t stride, const float *x, f16 *best,
                       f16 *position) {
    *best = width == 16 ? load16(x) : load_some(x, width);
    *position = (f16)0.0f;
    for (size_t a = 1; a < axis; a++) {
        const float *p = x + a * stride;
        const f16 v = width == 16 ? load16(p) : load_some(p, width);
        *position = v > *best ? (f16)(float)a : *position;
        *best = v > *best ? v : *best;
    }
}

/// The maximum of one contiguous run and where it first stands.
CK_INLINE void best_of_run(size_t count, const float *x, float *value, size_t *place) {
    size_t first = 0, at = 0;
    float best = x[0];
    if (count >= 64 && best == best) {
        f16 lane_best, lane_place;
        first = count / 16 * 16;
        best_of(16, count / 16, 16, x, &lane_best, &lane_place);
        float bests[16], places[16];
        store16(bests, lane_best);
        store16(places, lane_place);
        for (size_t l = 0; l < 16; l++) {
            // A lane's own first NaN would hide the rest of it: look at the run again.
            if (bests[l] != bests[l]) {
                first = 0, best = x[0], at = 0;
                break;
            }
            const size_t where = (size_t)places[l] * 16 + l;
            if (bests[l] > best || (bests[l] == best && where < at)) best = bests[l], at = where;
        }
    }
    for (size_t i = first; i < count; i++)
        if (x[i] > best) best = x[i], at = i;
    *value = best;
    *place = at;
}

CK_INLINE void maximum(size_t outer, size_t axis, size_t inner, const float *x, bool position,
                       float *y) {
    for (size_t o = 0; o < outer; o++, x += axis * inner, y += inner) {
        if (axis == 0) {
            for (size_t i = 0; i < inner; i++) y[i] = position ? 0 : -INFINITY;
        } else if (inner == 1) {
            float value;
            size_t place;
            best_of_run(axis, x, &value, &place);
            y[0] = position ? (float)place : value;
        } else {
            const size_t width = smaller(inner, 16);
            f16 best, where;
            for (size_t j = 0; j < inner; j += 16) {
                const size_t at = smaller(j, inner - width);
                if (width == 16) {
                    best_of(16, axis, inner, x + at, &best, &where);
                    store16(y + at, position ? where : best);
                } else {
                    best_of(width, axis, inner, x, &best, &where);
                    store_some(y, position ? where : best, 0, width);
                }
            }
        }
    }
}

CK_CLONES
void ck_max(size_t outer, size_t axis, size_t inner, const float *x, float *y) {
    maximum(outer, axis, inner, x, false, y);
}

CK_CLONES
void ck_argmax(size_t outer, size_t axis, size_t inner, const float *x, float *y) {
    maximum(outer, axis, inner, x, true, y);
}
