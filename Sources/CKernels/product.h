// Small dense products that stay in registers, for 1×1 convolutions and first layers.
//
// A is given by two strides, so a row of pixels and a transposed patch are both fine. Outputs are
// covered by tiles of P rows by B vectors of sixteen columns; the sum over k runs in order. A last
// block of uneven width starts early and stores only the columns that are its own.

#pragma once
#include "lanes.h"

/// y[P × 16·B] (+)= A[P × depth] · b[depth × 16·B]; of the last vector, only lanes from `known`.
CK_INLINE void product_tile(int P, int B, size_t depth, const float *a, size_t a_row, size_t a_k,
                            const float *b, size_t b_row, float *y, size_t y_row, bool add,
                            const float *bias, size_t known) {
    f16 sum[32];
    for (int p = 0; p < P; p++)
        for (int v = 0; v < B; v++) {
            sum[p * B + v] = bias ? load16(bias + 16 * v) : (f16)0.0f;
            if (add) sum[p * B + v] = load16(y + p * y_row + 16 * v);
        }
    for (size_t k = 0; k < depth; k++) {
        f16 w[4];
        for (int v = 0; v < B; v++) w[v] = load16(b + k * b_row + 16 * v);
#pragma clang loop unroll(full)
        for (int p = 0; p < P; p++) {
            const f16 value = (f16)a[p * a_row + k * a_k];
            for (int v = 0; v < B; v++) sum[p * B + v] += value * w[v];
        }
    }
    for (int p = 0; p < P; p++)
        for (int v = 0; v < B; v++) {
            if (v == B - 1 && known > 0)
                store_some(y + p * y_row + 16 * v, sum[p * B + v], known, 16);
            else
                store16(y + p * y_row + 16 * v, sum[p * B + v]);
        }
}

/// All rows against one block of 16·B columns: fourteen at a time, whose sums fill the registers.
CK_INLINE void product_columns(int B, size_t rows, size_t depth, const float *a, size_t a_row,
                               size_t a_k, const float *b, size_t b_row, float *y, size_t y_row,
                               bool add, const float *bias, size_t known) {
    size_t i = 0;
#define STEP(P)                                                                                   \
    for (; i + P <= rows; i += P)                                                                 \
        product_tile(P, B, depth, a + i * a_row, a_row, a_k, b, b_row, y + i * y_row, y_row, add, \
                     bias, known);
    STEP(14)
    STEP(7)
    STEP(3)
    STEP(1)
#undef STEP
}

/// y[rows × columns] (+)= A[rows × depth] · b[depth × columns], columns ≥ 16.
CK_INLINE void product(size_t rows, size_t depth, size_t columns, const float *a, size_t a_row,
                       size_t a_k, const float *b, size_t b_row, float *y, size_t y_row, bool add,
                       const float *bias) {
    size_t j = 0;
    for (; j + 32 <= columns; j += 32)
        product_columns(2, rows, depth, a, a_row, a_k, b + j, b_row, y + j, y_row, add,
                        bias ? bias + j : NULL, 0);
    for (; j < columns; j += 16) {
        const size_t at = smaller(j, columns - 16);
        product_columns(1, rows, depth, a, a_row, a_k, b + at, b_row, y + at, y_row, add,
                        bias ? bias + at : NULL, j - at);
    }
}

/// sums[K × 16·B] += Aᵀ · d over `rows` rows: K·B sums stay in registers.
CK_INLINE void transposed_tile(int K, int B, size_t rows, const float *a, size_t a_row, size_t a_k,
                               const float *d, size_t d_row, float *y, size_t y_row,
                               size_t known) {
    f16 sum[32];
    for (int i = 0; i < K * B; i++) sum[i] = (f16)0.0f;
    for (size_t r = 0; r < rows; r++) {
        f16 g[4];
        for (int v = 0; v < B; v++) g[v] = load16(d + r * d_row + 16 * v);
#pragma clang loop unroll(full)
        for (int k = 0; k < K; k++) {
            const f16 value = (f16)a[r * a_row + k * a_k];
            for (int v = 0; v < B; v++) sum[k * B + v] += value * g[v];
        }
    }
    for (int k = 0; k < K; k++)
        for (int v = 0; v < B; v++) {
            float *into = y + k * y_row + 16 * v;
            const f16 total = load16(into) + sum[k * B + v];
            if (v == B - 1 && known > 0) store_some(into, total, known, 16);
            else store16(into, total);
        }
}

CK_INLINE void transposed_columns(int B, size_t rows, size_t depth, const float *a, size_t a_row,
                                  size_t a_k, const float *d, size_t d_row, float *y, size_t y_row,
                                  size_t known) {
    size_t k = 0;
#define STEP(K)                                                                                \
    for (; k + K <= depth; k += K)                                                             \
        transposed_tile(K, B, rows, a + k * a_k, a_row, a_k, d, d_row, y + k * y_row, y_row, known);
    if (B == 1) { STEP(16) }
    if (B == 2 && depth % 9 == 0) { STEP(9) }
    if (B == 2) { STEP(12) }
    STEP(4)
    STEP(1)
#undef STEP
}

/// y[depth × columns] += A[rows × depth]ᵀ · d[rows × columns], columns ≥ 16.
CK_INLINE void transposed_product(size_t rows, size_t depth, size_t columns, const float *a,
                                  size_t a_row, size_t a_k, const float *d, size_t d_row, float *y,
                                  size_t y_row) {
    size_t j = 0;
    for (; j + 32 <= columns; j += 32)
        transposed_columns(2, rows, depth, a, a_row, a_k, d + j, d_row, y + j, y_row, 0);
    for (; j < columns; j += 16) {
        const size_t at = smaller(j, columns - 16);
        transposed_columns(1, rows, depth, a, a_row, a_k, d + at, d_row, y + at, y_row, j - at);
    }
}
