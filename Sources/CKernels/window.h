// The walk that every sliding-window kernel shares.
//
// Forward kernels read the input at (output · stride + tap · dilation − padding). Backward kernels
// are written as the same walk with the roles swapped: every input position gathers from the
// outputs that saw it, so nothing is read, added to and written back. With stride s, positions of
// the same remainder modulo s see the same taps; each remainder ("phase") is one walk.

#pragma once
#include "lanes.h"

/// One axis of a walk. Destination i, for 0 ≤ i < count, stands at first + i·step; its tap j reads
/// source i·source_stride + source_first + j·tap_step and belongs to window position
/// k_first + j·k_step.
typedef struct {
    int first, step, count;
    int source_size, source_stride, source_first, tap_step;
    int k_first, k_step, taps;
    int clear_first, clear_end;  // destinations all of whose taps are inside the source
} ck_axis;

typedef struct {
    ck_axis y, x;
    int c, kw;
    size_t source_row, destination_row;  // floats in a row of each image
    // Backward average pooling: 1 / taps inside, by output row and by output column.
    const float *row_reciprocals, *column_reciprocals;
} ck_walk;

CK_INLINE int floor_divide(int a, int b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
CK_INLINE int ceil_divide(int a, int b) { return -floor_divide(-a, b); }

CK_INLINE void find_clear(ck_axis *a) {
    int reach = (a->taps - 1) * a->tap_step;
    int low = a->source_first + (reach < 0 ? reach : 0);
    int high = a->source_first + (reach > 0 ? reach : 0);
    a->clear_first = larger_int(0, ceil_divide(-low, a->source_stride));
    a->clear_end =
        smaller_int(a->count, floor_divide(a->source_size - 1 - high, a->source_stride) + 1);
}

CK_INLINE ck_axis forward_axis(int size, int out, int k, int stride, int dilation, int pad) {
    ck_axis a = {0, 1, out, size, stride, -pad, dilation, 0, 1, k, 0, 0};
    find_clear(&a);
    return a;
}

/// Positions phase, phase + stride, … of the input gather from the outputs.
CK_INLINE ck_axis backward_axis(int size, int out, int k, int stride, int dilation, int pad,
                                int phase) {
    int count = phase < size ? (size - phase + stride - 1) / stride : 0;
    ck_axis a = {phase, stride, count, out, 1, 0, 0, 0, 1, 0, 0, 0};
    int found = 0;
    for (int tap = 0; tap < k && found < 2; tap++) {
        if ((phase + pad - tap * dilation) % stride != 0) continue;
        if (found == 0) a.k_first = tap;
        else a.k_step = tap - a.k_first;
        found++;
    }
    if (found > 0) {
        a.source_first = (phase + pad - a.k_first * dilation) / stride;
        a.tap_step = -(a.k_step * dilation) / stride;
        a.taps = (k - 1 - a.k_first) / a.k_step + 1;
        if (found == 1) a.taps = 1;
    }
    find_clear(&a);
    return a;
}

/// Taps first..<end whose source is inside, for the destination whose tap 0 reads `source`.
CK_INLINE void taps_inside(const ck_axis *a, int source, int *first, int *end) {
    int step = a->tap_step, low, high;
    if (step == 0) {
        bool inside = source >= 0 && source < a->source_size;
        low = 0, high = inside ? a->taps : 0;
    } else if (step == 1) {  // the usual ones without a division
        low = -source, high = a->source_size - source;
    } else if (step == -1) {
        low = source - a->source_size + 1, high = source + 1;
    } else if (step > 0) {
        low = ceil_divide(-source, step);
        high = floor_divide(a->source_size - 1 - source, step) + 1;
    } else {
        low = ceil_divide(source - a->source_size + 1, -step);
        high = floor_divide(source, -step) + 1;
    }
    *first = larger_int(0, low);
    *end = smaller_int(a->taps, high);
}

/// 1 / taps inside for the window at output position `at`; 0 where there is none.
CK_INLINE float reciprocal_inside(int size, int k, int stride, int dilation, int pad, int at) {
    ck_axis a = {0, 1, 1, size, stride, -pad, dilation, 0, 1, k, 0, 0};
    int first, end;
    taps_inside(&a, at * stride - pad, &first, &end);
    return end > first ? 1.0f / (float)(end - first) : 0;
}

/// What a walk does with the values under its window.
typedef enum {
    WALK_PRODUCT,            // Σ source · weight
    WALK_RECTIFIED_PRODUCT,  // Σ max(source, 0) · weight
    WALK_MAX,
    WALK_MAX_INDEX,
    WALK_MAX_BOTH,          // the maximum, and its index to extra
    WALK_GATHER,            // source where the index names the tap; extra = index at destination
    WALK_SCATTER,           // Σ source where the index names the tap; extra = index at source
    WALK_AVERAGE,
    WALK_AVERAGE_BACKWARD,  // Σ source / taps inside its window
} ck_walk_kind;

static const float ck_zeros[16] = {0};
static const float ck_lowest[16] = {
    -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY,
    -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY,
};

#define LANES 16
#include "window_tile.h"
#define LANES 8
#include "window_tile.h"
#define LANES 4
#include "window_tile.h"
#define LANES 1
#include "window_tile.h"

/// Runs the walk over one image. `extra` is the index (read by gather and scatter, written by
/// WALK_MAX_BOTH) or NULL.
CK_INLINE void walk_image(ck_walk_kind kind, const ck_walk *k, const float *source,
                          const float *weights, const float *extra, float *destination) {
    for (int i = 0; i < k->y.count; i++) {
        if (k->c >= 16) walk_row_16(kind, k, source, weights, extra, destination, i);
        else if (k->c >= 8) walk_row_8(kind, k, source, weights, extra, destination, i);
        else if (k->c >= 4) walk_row_4(kind, k, source, weights, extra, destination, i);
        else walk_row_1(kind, k, source, weights, extra, destination, i);
    }
}

CK_INLINE void walk_forward(ck_walk_kind kind, const ck_window *g, const float *source,
                            const float *weights, const float *extra, float *destination) {
    ck_walk k = {
        .y = forward_axis(g->h, g->oh, g->kh, g->stride, g->dilation, g->pad_h),
        .x = forward_axis(g->w, g->ow, g->kw, g->stride, g->dilation, g->pad_w),
        .c = g->c, .kw = g->kw,
        .source_row = (size_t)g->w * g->c, .destination_row = (size_t)g->ow * g->c,
    };
    size_t in = k.source_row * g->h, out = k.destination_row * g->oh;
    for (int n = 0; n < g->n; n++)
        walk_image(kind, &k, source + n * in, weights, extra ? extra + n * out : NULL,
                   destination + n * out);
}

CK_INLINE void walk_backward(ck_walk_kind kind, const ck_window *g, const float *source,
                             const float *weights, const float *extra, float *destination,
                             const float *row_reciprocals, const float *column_reciprocals) {
    ck_walk k = {
        .c = g->c, .kw = g->kw,
        .source_row = (size_t)g->ow * g->c, .destination_row = (size_t)g->w * g->c,
        .row_reciprocals = row_reciprocals, .column_reciprocals = column_reciprocals,
    };
    size_t in = k.destination_row * g->h, out = k.source_row * g->oh;
    for (int n = 0; n < g->n; n++)
        for (int py = 0; py < g->stride && py < g->h; py++)
            for (int px = 0; px < g->stride && px < g->w; px++) {
                k.y = backward_axis(g->h, g->oh, g->kh, g->stride, g->dilation, g->pad_h, py);
                k.x = backward_axis(g->w, g->ow, g->kw, g->stride, g->dilation, g->pad_w, px);
                walk_image(kind, &k, source + n * out, weights, extra ? extra + n * out : NULL,
                           destination + n * in);
            }
}
