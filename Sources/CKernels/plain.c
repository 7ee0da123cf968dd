// Straightforward versions of the kernels that are not vectorised yet.
#include "CKernels.h"
#include <math.h>
#include <string.h>

static inline float pos(float v, int r) { return r && !(v > 0) ? 0 : v; }

void ck_norm_statistics(size_t rows, size_t c, const float *x, float eps, float *stats) {
    for (size_t j = 0; j < c; j++) {
        double s = 0, q = 0;
        for (size_t i = 0; i < rows; i++) s += x[i * c + j];
        s /= rows;
        for (size_t i = 0; i < rows; i++) q += (x[i * c + j] - s) * (x[i * c + j] - s);
        stats[j] = s, stats[c + j] = 1 / sqrt(q / rows + eps);
    }
}
void ck_norm_apply(size_t rows, size_t c, const float *x, const float *st, const float *ga, const float *be, int relu, float *y) {
    for (size_t i = 0; i < rows; i++) for (size_t j = 0; j < c; j++) y[i * c + j] = pos((x[i * c + j] - st[j]) * (st[c + j] * ga[j]) + be[j], relu);
}
static float kept(float x, const float *st, const float *ga, const float *be, size_t c, size_t j, int relu, float dy) {
    return relu && !((x - st[j]) * (st[c + j] * ga[j]) + be[j] > 0) ? 0 : dy;
}
void ck_norm_sums(size_t rows, size_t c, const float *x, const float *st, const float *ga, const float *be, int relu, const float *dy, float *sums) {
    for (size_t j = 0; j < c; j++) {
        double s = 0, q = 0;
        for (size_t i = 0; i < rows; i++) { float d = kept(x[i * c + j], st, ga, be, c, j, relu, dy[i * c + j]); s += d; q += d * (x[i * c + j] - st[j]) * st[c + j]; }
        sums[j] = s, sums[c + j] = q;
    }
}
void ck_norm_backward(size_t rows, size_t c, const float *x, const float *st, const float *ga, const float *be, int relu, const float *dy, const float *sums, float *dx) {
    for (size_t i = 0; i < rows; i++) for (size_t j = 0; j < c; j++) {
        float d = kept(x[i * c + j], st, ga, be, c, j, relu, dy[i * c + j]);
        dx[i * c + j] = ga[j] * st[c + j] * (d - sums[j] / rows - (x[i * c + j] - st[j]) * st[c + j] * sums[c + j] / rows);
    }
}
static int winner(const float *x, size_t w, size_t c, size_t j, const float *st, const float *ga, const float *be, float *best) {
    int k = 0; *best = 0;
    for (int t = 0; t < 4; t++) { float v = (x[((t / 2) * w + t % 2) * c + j] - st[j]) * (st[c + j] * ga[j]) + be[j]; if (t == 0 || v > *best) *best = v, k = t; }
    if (!(*best > 0)) *best = 0;
    return k;
}
#define POOL2 size_t H = h / 2, W = w / 2; for (size_t i = 0; i < n; i++) for (size_t a = 0; a < H; a++) for (size_t b = 0; b < W; b++) for (size_t j = 0; j < c; j++)
void ck_norm_relu_pool2(size_t n, size_t h, size_t w, size_t c, const float *x, const float *st, const float *ga, const float *be, float *y) {
    POOL2 { winner(x + ((i * h + 2 * a) * w + 2 * b) * c, w, c, j, st, ga, be, y + ((i * H + a) * W + b) * c + j); }
}
void ck_norm_relu_pool2_sums(size_t n, size_t h, size_t w, size_t c, const float *x, const float *st, const float *ga, const float *be, const float *dy, float *sums) {
    memset(sums, 0, 8 * c);
    POOL2 {
        float m; const float *p = x + ((i * h + 2 * a) * w + 2 * b) * c; int k = winner(p, w, c, j, st, ga, be, &m);
        float d = m > 0 ? dy[((i * H + a) * W + b) * c + j] : 0;
        sums[j] += d, sums[c + j] += d * (p[((k / 2) * w + k % 2) * c + j] - st[j]) * st[c + j];
    }
}
void ck_norm_relu_pool2_backward(size_t n, size_t h, size_t w, size_t c, const float *x, const float *st, const float *ga, const float *be, const float *dy, const float *sums, float *dx) {
    float rows = n * h * w;
    for (size_t i = 0; i < n * h * w; i++) for (size_t j = 0; j < c; j++) dx[i * c + j] = ga[j] * st[c + j] * (- sums[j] / rows - (x[i * c + j] - st[j]) * st[c + j] * sums[c + j] / rows);
    POOL2 {
        float m; size_t at = ((i * h + 2 * a) * w + 2 * b) * c; int k = winner(x + at, w, c, j, st, ga, be, &m);
        if (m > 0) dx[at + ((k / 2) * w + k % 2) * c + j] += ga[j] * st[c + j] * dy[((i * H + a) * W + b) * c + j];
    }
}

#define REDUCE for (size_t o = 0; o < outer; o++) for (size_t i = 0; i < inner; i++)
#define AT x[(o * axis + a) * inner + i]
void ck_sum(size_t outer, size_t axis, size_t inner, const float *x, float *y) {
    REDUCE { double s = 0; for (size_t a = 0; a < axis; a++) s += AT; y[o * inner + i] = s; }
}
void ck_max(size_t outer, size_t axis, size_t inner, const float *x, float *y) {
    REDUCE { float m = -INFINITY; for (size_t a = 0; a < axis; a++) if (a == 0 || AT > m) m = AT; y[o * inner + i] = m; }
}
void ck_argmax(size_t outer, size_t axis, size_t inner, const float *x, float *y) {
    REDUCE { float m = -INFINITY; size_t k = 0; for (size_t a = 0; a < axis; a++) if (a == 0 || AT > m) m = AT, k = a; y[o * inner + i] = k; }
}

void ck_elementwise(const ck_instruction *program, int32_t instructions, const ck_operand *inputs, int32_t input_count, float *const *outputs, const uint8_t *output_registers, int32_t output_count, size_t rows, size_t cols) {
    for (size_t i = 0; i < rows; i++) for (size_t j = 0; j < cols; j++) {
        float r[256];
        for (int k = 0; k < input_count; k++) {
            int e = inputs[k].extent;
            r[k] = inputs[k].data[e == CK_FULL ? i * cols + j : e == CK_ROW ? j : e == CK_COLUMN ? i : 0];
        }
        for (int k = 0; k < instructions; k++) {
            ck_instruction p = program[k];
            float a = r[p.a], b = r[p.b], v = 0, m = p.immediate;
            switch ((ck_opcode)p.opcode) {
            case CK_CONSTANT: v = m; break;
            case CK_ADD: v = a + b; break;
            case CK_SUBTRACT: v = a - b; break;
            case CK_MULTIPLY: v = a * b; break;
            case CK_DIVIDE: v = a / b; break;
            case CK_MAXIMUM: v = a > b ? a : b; break;
            case CK_MINIMUM: v = a < b ? a : b; break;
            case CK_GREATER: v = a > b; break;
            case CK_GREATER_EQUAL: v = a >= b; break;
            case CK_EQUAL: v = a == b; break;
            case CK_NEGATE: v = -a; break;
            case CK_EXP: v = expf(a); break;
            case CK_LOG: v = logf(a); break;
            case CK_SQRT: v = sqrtf(a); break;
            case CK_RECIPROCAL: v = 1 / a; break;
            case CK_RSQRT: v = 1 / sqrtf(a); break;
            case CK_SQUARE: v = a * a; break;
            case CK_ABS: v = fabsf(a); break;
            case CK_SIGN: v = (a > 0) - (a < 0); break;
            case CK_TANH: v = tanhf(a); break;
            case CK_SIGMOID: v = 1 / (1 + expf(-a)); break;
            case CK_RELU: v = pos(a, 1); break;
            case CK_STEP: v = a > 0; break;
            case CK_SIN: v = sinf(a); break;
            case CK_COS: v = cosf(a); break;
            case CK_POWER_IMMEDIATE: v = powf(a, m); break;
            case CK_ADD_IMMEDIATE: v = a + m; break;
            case CK_MULTIPLY_IMMEDIATE: v = a * m; break;
            case CK_SELECT: v = a > 0.5f ? b : r[p.c]; break;
            }
            r[p.dst] = v;
        }
        float o[CK_MAX_OUTPUTS];
        for (int k = 0; k < output_count; k++) o[k] = r[output_registers[k]];
        for (int k = 0; k < output_count; k++) outputs[k][i * cols + j] = o[k];
    }
}

void ck_sgd(size_t n, const float *p, const float *g, float rate, float *r) { for (size_t i = 0; i < n; i++) r[i] = p[i] - rate * g[i]; }
void ck_adam(size_t n, float *p, float *m, float *v, const float *gr, float rate, float b1, float b2, float eps, float c1, float c2, float wd) {
    for (size_t i = 0; i < n; i++) {
        float g = gr[i] + wd * p[i];
        m[i] = b1 * m[i] + (1 - b1) * g, v[i] = b2 * v[i] + (1 - b2) * g * g;
        p[i] -= rate * (m[i] / c1) / (sqrtf(v[i] / c2) + eps);
    }
}
