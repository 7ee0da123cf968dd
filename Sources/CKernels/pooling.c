// Pooling with a sliding window, and its transposes.

#include "window.h"

CK_CLONES
void ck_max_pool(const ck_window *g, const float *x, float *y) {
    walk_forward(WALK_MAX, g, x, NULL, NULL, y);
}

CK_CLONES
void ck_max_pool_index(const ck_window *g, const float *x, float *index) {
    walk_forward(WALK_MAX_INDEX, g, x, NULL, NULL, index);
}

CK_CLONES
void ck_max_pool_both(const ck_window *g, const float *x, float *y, float *index) {
    walk_forward(WALK_MAX_BOTH, g, x, NULL, index, y);
}

CK_CLONES
void ck_window_gather(const ck_window *g, const float *x, const float *index, float *y) {
    walk_forward(WALK_GATHER, g, x, NULL, index, y);
}

CK_CLONES
void ck_window_scatter(const ck_window *g, const float *dy, const float *index, float *dx) {
    walk_backward(WALK_SCATTER, g, dy, NULL, index, dx, NULL, NULL);
}

CK_CLONES
void ck_average_pool(const ck_window *g, const float *x, float *y) {
    walk_forward(WALK_AVERAGE, g, x, NULL, NULL, y);
}

enum { TABLE = 1024 };

/// dx for a window too long for the tables: one value at a time.
static void average_backward_plain(const ck_window *g, const float *dy, float *dx) {
    size_t c = g->c;
    memset(dx, 0, sizeof(float) * g->n * g->h * g->w * c);
    for (int n = 0; n < g->n; n++)
        for (int oy = 0; oy < g->oh; oy++)
            for (int ox = 0; ox < g->ow; ox++) {
                float share =
                    reciprocal_inside(g->h, g->kh, g->stride, g->dilation, g->pad_h, oy)
                    * reciprocal_inside(g->w, g->kw, g->stride, g->dilation, g->pad_w, ox);
                const float *from = dy + (((size_t)n * g->oh + oy) * g->ow + ox) * c;
                for (int ky = 0; ky < g->kh; ky++)
                    for (int kx = 0; kx < g->kw; kx++) {
                        int iy = oy * g->stride + ky * g->dilation - g->pad_h;
                        int ix = ox * g->stride + kx * g->dilation - g->pad_w;
                        if (iy < 0 || iy >= g->h || ix < 0 || ix >= g->w) continue;
                        float *into = dx + (((size_t)n * g->h + iy) * g->w + ix) * c;
                        for (size_t j = 0; j < c; j++) into[j] += from[j] * share;
                    }
            }
}

CK_CLONES
void ck_average_pool_backward(const ck_window *g, const float *dy, float *dx) {
    if (g->oh > TABLE || g->ow > TABLE) {
        average_backward_plain(g, dy, dx);
        return;
    }
    float rows[TABLE], columns[TABLE];
    for (int i = 0; i < g->oh; i++)
        rows[i] = reciprocal_inside(g->h, g->kh, g->stride, g->dilation, g->pad_h, i);
    for (int i = 0; i < g->ow; i++)
        columns[i] = reciprocal_inside(g->w, g->kw, g->stride, g->dilation, g->pad_w, i);
    walk_backward(WALK_AVERAGE_BACKWARD, g, dy, NULL, NULL, dx, rows, columns);
}
