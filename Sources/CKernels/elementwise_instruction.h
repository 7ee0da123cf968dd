// One instruction of a fused program over a run of values.

#pragma once
#include "vector_math.h"

#define EACH(EXPRESSION)                              \
    for (size_t i = 0; i < count; i += 16) {          \
        const f16 a = load16(pa + i);                 \
        store16(to + i, (EXPRESSION));                \
    }                                                 \
    break
#define EACH_PAIR(EXPRESSION)                                   \
    for (size_t i = 0; i < count; i += 16) {                    \
        const f16 a = load16(pa + i), b = load16(pb + i);       \
        store16(to + i, (EXPRESSION));                          \
    }                                                           \
    break
#define WHERE(CONDITION) ((CONDITION) ? VALUE(1) : VALUE(0))

/// a to a constant power; the common ones need no logarithm.
CK_INLINE void run_power(float exponent, size_t count, const float *pa, float *to) {
    if (exponent == 0) {
        for (size_t i = 0; i < count; i++) to[i] = 1;
        return;
    }
#define POWER(EXPRESSION)                    \
    for (size_t i = 0; i < count; i += 16) { \
        const f16 a = load16(pa + i);        \
        store16(to + i, (EXPRESSION));       \
    }                                        \
    return
    if (exponent == 0.5f) { POWER(vector_sqrt(a)); }
    if (exponent == 1) { POWER(a); }
    if (exponent == 2) { POWER(a * a); }
    if (exponent == 3) { POWER(a * a * a); }
    if (exponent == -1) { POWER(VALUE(1) / a); }
    if (exponent == -0.5f) { POWER(VALUE(1) / vector_sqrt(a)); }
    POWER(vector_power(a, exponent));
#undef POWER
}

/// count is a multiple of 16; `to` may be any of the operands.
CK_INLINE void run_instruction(const ck_instruction *what, size_t count, const float *pa,
                               const float *pb, const float *pc, float *to) {
    const f16 immediate = VALUE(what->immediate);
    switch ((ck_opcode)what->opcode) {
    case CK_CONSTANT:
        for (size_t i = 0; i < count; i += 16) store16(to + i, immediate);
        break;
    case CK_ADD: EACH_PAIR(a + b);
    case CK_SUBTRACT: EACH_PAIR(a - b);
    case CK_MULTIPLY: EACH_PAIR(a * b);
    case CK_DIVIDE: EACH_PAIR(a / b);
    // NaN in either operand comes through.
    case CK_MAXIMUM: EACH_PAIR(((a > b) | (a != a)) ? a : b);
    case CK_MINIMUM: EACH_PAIR(((a < b) | (a != a)) ? a : b);
    case CK_GREATER: EACH_PAIR(WHERE(a > b));
    case CK_GREATER_EQUAL: EACH_PAIR(WHERE(a >= b));
    case CK_EQUAL: EACH_PAIR(WHERE(a == b));
    case CK_NEGATE: EACH(-a);
    case CK_EXP: EACH(vector_exp(a));
    case CK_LOG: EACH(vector_log(a));
    case CK_SQRT: EACH(vector_sqrt(a));
    case CK_RECIPROCAL: EACH(VALUE(1) / a);
    case CK_RSQRT: EACH(VALUE(1) / vector_sqrt(a));
    case CK_SQUARE: EACH(a * a);
    case CK_ABS: EACH(absolute(a));
    case CK_SIGN: EACH(a > VALUE(0) ? VALUE(1) : WHERE(a < VALUE(0)) * VALUE(-1));
    case CK_TANH: EACH(vector_tanh(a));
    case CK_SIGMOID: EACH(vector_sigmoid(a));
    case CK_RELU: EACH(RECTIFIED(a));
    case CK_STEP: EACH(WHERE(a > VALUE(0)));
    case CK_SIN: EACH(vector_sine(a, 0));
    case CK_COS: EACH(vector_sine(a, 1));
    case CK_POWER_IMMEDIATE: run_power(what->immediate, count, pa, to); break;
    case CK_ADD_IMMEDIATE: EACH(a + immediate);
    case CK_MULTIPLY_IMMEDIATE: EACH(a * immediate);
    case CK_SELECT:
        for (size_t i = 0; i < count; i += 16) {
            const f16 a = load16(pa + i), b = load16(pb + i), c = load16(pc + i);
            store16(to + i, a > VALUE(0.5) ? b : c);
        }
        break;
    }
}
