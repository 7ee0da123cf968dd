// Straightforward versions of the kernels that are not vectorised yet.
#include "CKernels.h"
#include <math.h>
#include <string.h>

static inline float pos(float v, int r) { return r && !(v > 0) ? 0 : v; }

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
