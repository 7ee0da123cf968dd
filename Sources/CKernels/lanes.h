// Vectors and the multiversioning attribute that every kernel file shares.
//
// Kernels are written once over 16-float vectors. The compiler splits them for narrower
// processors, so all versions add in the same order; they differ in the last bits only because
// AVX2 and AVX-512 fuse multiply-add and the baseline does not.

#pragma once
#include "CKernels.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

// Vectors only cross inlined calls, where no calling convention applies.
#pragma clang diagnostic ignored "-Wpsabi"
// A multiply and the add that uses it may become one instruction. Nothing is reordered.
#pragma clang fp contract(fast)

// The loader picks a version before a thread sanitizer is there, which its pickers would call.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CK_ONE_VERSION 1
#endif
#endif

#if defined(__x86_64__) && defined(__linux__) && !defined(CK_ONE_VERSION)
#define CK_CLONES \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif

/// Helpers must be inlined into a clone to be compiled for its processor.
#define CK_INLINE static inline __attribute__((always_inline, unused))

typedef float f1 __attribute__((ext_vector_type(1)));
typedef float f4 __attribute__((ext_vector_type(4)));
typedef float f8 __attribute__((ext_vector_type(8)));
typedef float f16 __attribute__((ext_vector_type(16)));
typedef int32_t i16 __attribute__((ext_vector_type(16)));
typedef double d16 __attribute__((ext_vector_type(16), aligned(64)));

// The same, at any float's address.
typedef float f1_any __attribute__((ext_vector_type(1), aligned(4)));
typedef float f4_any __attribute__((ext_vector_type(4), aligned(4)));
typedef float f8_any __attribute__((ext_vector_type(8), aligned(4)));
typedef float f16_any __attribute__((ext_vector_type(16), aligned(4)));

CK_INLINE f16 load16(const float *p) { return *(const f16_any *)p; }
CK_INLINE void store16(float *p, f16 v) { *(f16_any *)p = v; }

/// The first `count` < 16 values, then zeros.
CK_INLINE f16 load_some(const float *p, size_t count) {
    float lanes[16] __attribute__((aligned(64))) = {0};
    for (size_t i = 0; i < count; i++) lanes[i] = p[i];
    return *(const f16 *)lanes;
}

/// Writes lanes first..<end of v to p[first..<end].
CK_INLINE void store_some(float *p, f16 v, size_t first, size_t end) {
    float lanes[16] __attribute__((aligned(64)));
    *(f16 *)lanes = v;
    for (size_t i = first; i < end; i++) p[i] = lanes[i];
}

CK_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
CK_INLINE size_t larger(size_t a, size_t b) { return a > b ? a : b; }
CK_INLINE int smaller_int(int a, int b) { return a < b ? a : b; }
CK_INLINE int larger_int(int a, int b) { return a > b ? a : b; }

/// max(v, 0) that lets NaN through.
#define RECTIFIED(v) (0.0f > (v) ? 0.0f : (v))

#define CK_JOIN2(a, b) a##b
#define CK_JOIN(a, b) CK_JOIN2(a, b)
