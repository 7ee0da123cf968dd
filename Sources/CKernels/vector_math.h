// Elementary functions of sixteen floats at a time.
//
// Each reduces its argument to a small interval where a Taylor polynomial is exact to a fraction of
// a unit in the last place, and puts the pieces back so that limits and NaN come out right. Errors
// against double precision are asserted in CKernelsFunctionTests: at most 3 units in the last
// place on normal results, for every function here.

#pragma once
#include "lanes.h"

typedef int64_t l16 __attribute__((ext_vector_type(16)));

#define VALUE(x) ((f16)(float)(x))

/// Adding this rounds a float below 2²² to a whole number and leaves that number in the low bits.
#define ROUNDER 12582912.0f
#define DOUBLE_ROUNDER 6755399441055744.0

CK_INLINE f16 absolute(f16 x) { return (f16)((i16)x & 0x7fffffff); }

CK_INLINE f16 with_sign_of(f16 x, f16 sign) {
    return (f16)(((i16)x & 0x7fffffff) | ((i16)sign & (int32_t)0x80000000));
}

/// 2ⁿ for whole n in −126…127.
CK_INLINE f16 power_of_two(i16 n) { return (f16)((n + 127) << 23); }

/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; returns eʳ − 1.
CK_INLINE f16 reduced_exp(f16 x, i16 *n) {
    const f16 rounded = x * VALUE(1.44269504088896341) + VALUE(ROUNDER);
    const f16 count = rounded - VALUE(ROUNDER);
    *n = (i16)rounded - (i16)VALUE(ROUNDER);
    // 355/512 has so few bits that count · 355/512 is exact.
    const f16 r = (x - count * VALUE(355.0 / 512)) - count * VALUE(-2.12194440054690583e-4);
    f16 p = VALUE(1.0 / 5040);
    p = p * r + VALUE(1.0 / 720);
    p = p * r + VALUE(1.0 / 120);
    p = p * r + VALUE(1.0 / 24);
    p = p * r + VALUE(1.0 / 6);
    p = p * r + VALUE(0.5);
    return r + r * r * p;
}

CK_INLINE f16 vector_exp(f16 x) {
    x = x > VALUE(89) ? VALUE(89) : x;
    x = x < VALUE(-104) ? VALUE(-104) : x;
    i16 n;
    const f16 e = reduced_exp(x, &n) + VALUE(1);
    // In two steps: 2ⁿ itself overflows before eˣ does, and subnormal results round once.
    const i16 half = n >> 1;
    return e * power_of_two(half) * power_of_two(n - half);
}

CK_INLINE f16 vector_log(f16 x) {
    const i16 tiny = x < VALUE(1.17549435e-38f);
    const f16 scaled = tiny ? x * VALUE(8388608) : x;
    // Mantissa in √½…√2, so that log of it is small on both sides of 1.
    const i16 shifted = (i16)scaled - 0x3f3504f3;
    const f16 m = (f16)((shifted & 0x7fffff) + 0x3f3504f3);
    const f16 e = __builtin_convertvector((shifted >> 23) - (tiny & 23), f16);
    // log(1 + f) = 2·artanh(s), s = f / (2 + f), and 2s = f − s·f.
    const f16 f = m - VALUE(1), s = f / (f + VALUE(2)), z = s * s;
    f16 p = VALUE(2.0 / 11);
    p = p * z + VALUE(2.0 / 9);
    p = p * z + VALUE(2.0 / 7);
    p = p * z + VALUE(2.0 / 5);
    p = p * z + VALUE(2.0 / 3);
    const f16 correction = s * (f - z * p) - e * VALUE(-2.12194440054690583e-4);
    f16 y = e * VALUE(355.0 / 512) + (f - correction);
    y = x == VALUE(INFINITY) ? x : y;
    y = x == VALUE(0) ? VALUE(-INFINITY) : y;
    return ((x < VALUE(0)) | (x != x)) ? VALUE(NAN) : y;
}

CK_INLINE f16 vector_sigmoid(f16 x) {
    const f16 e = vector_exp(-absolute(x));
    return (x < VALUE(0) ? e : VALUE(1)) / (e + VALUE(1));
}

CK_INLINE f16 vector_tanh(f16 x) {
    f16 doubled = absolute(x) * VALUE(2);
    doubled = doubled > VALUE(20) ? VALUE(20) : doubled;
    i16 n;
    const f16 p = reduced_exp(doubled, &n), scale = power_of_two(n);
    const f16 less_one = scale * p + (scale - VALUE(1));  // e²ˣ − 1
    return with_sign_of(less_one / (less_one + VALUE(2)), x);
}

CK_INLINE f16 vector_sqrt(f16 x) { return __builtin_elementwise_sqrt(x); }

/// Arguments above this go to the C library one by one: nobody's hot loop.
#define LONGEST_ARC 1048576.0f

/// sin(x + turn·π/2) for |x| ≤ 2²⁰.
CK_INLINE f16 sine(f16 x, int turn) {
    const d16 wide = __builtin_convertvector(x, d16);
    const d16 rounded = wide * (d16)0.63661977236758134308 + (d16)DOUBLE_ROUNDER;
    const d16 count = rounded - (d16)DOUBLE_ROUNDER;
    // π/2 in 33 bits, so that count · high is exact, and the rest.
    const d16 left = (wide - count * (d16)0x1.921fb544p0) - count * (d16)0x1.0b4611a626331p-34;
    const i16 quarter = __builtin_convertvector((l16)rounded, i16) + turn;
    const f16 r = __builtin_convertvector(left, f16), z = r * r;
    f16 s = VALUE(1.0 / 362880);
    s = s * z + VALUE(-1.0 / 5040);
    s = s * z + VALUE(1.0 / 120);
    s = s * z + VALUE(-1.0 / 6);
    s = r + r * z * s;
    f16 c = VALUE(-1.0 / 3628800);
    c = c * z + VALUE(1.0 / 40320);
    c = c * z + VALUE(-1.0 / 720);
    c = c * z + VALUE(1.0 / 24);
    c = c * z + VALUE(-0.5);
    c = VALUE(1) + z * c;
    const f16 y = (quarter & 1) != 0 ? c : s;
    return (quarter & 2) != 0 ? -y : y;
}

CK_INLINE f16 vector_sine(f16 x, int turn) {
    const i16 far = absolute(x) > VALUE(LONGEST_ARC);  // false for NaN, which goes straight through
    if (!__builtin_reduce_or(far)) return sine(x, turn);
    f16 y = sine(far ? VALUE(0) : x, turn);
    for (int i = 0; i < 16; i++)
        if (far[i]) y[i] = (float)(turn == 0 ? sin((double)x[i]) : cos((double)x[i]));
    return y;
}

/// x to the power `exponent` for x ≥ 0, in double precision throughout; NaN for x < 0.
CK_INLINE f16 vector_power(f16 x, float exponent) {
    const d16 wide = __builtin_convertvector(x, d16);
    const l16 shifted = (l16)wide - 0x3fe6a09e667f3bcdLL;
    const d16 m = (d16)((shifted & 0xfffffffffffffLL) + 0x3fe6a09e667f3bcdLL);
    const d16 e = __builtin_convertvector(shifted >> 52, d16);
    const d16 s = (m - (d16)1) / (m + (d16)1), z = s * s;
    d16 p = (d16)(2.0 / 13);
    p = p * z + (d16)(2.0 / 11);
    p = p * z + (d16)(2.0 / 9);
    p = p * z + (d16)(2.0 / 7);
    p = p * z + (d16)(2.0 / 5);
    p = p * z + (d16)(2.0 / 3);
    p = p * z + (d16)2.0;
    d16 y = (e + s * p * (d16)1.44269504088896340736) * (d16)(double)exponent;
    y = y > (d16)200 ? (d16)200 : y;
    y = y < (d16)-200 ? (d16)-200 : y;
    const d16 rounded = y + (d16)DOUBLE_ROUNDER, count = rounded - (d16)DOUBLE_ROUNDER;
    const l16 n = (l16)rounded - (l16)(d16)DOUBLE_ROUNDER;
    const d16 r = (y - count) * (d16)0.69314718055994530942;
    d16 q = (d16)(1.0 / 40320);
    q = q * r + (d16)(1.0 / 5040);
    q = q * r + (d16)(1.0 / 720);
    q = q * r + (d16)(1.0 / 120);
    q = q * r + (d16)(1.0 / 24);
    q = q * r + (d16)(1.0 / 6);
    q = q * r + (d16)0.5;
    q = q * r + (d16)1;
    q = q * r + (d16)1;
    f16 result = __builtin_convertvector(q * (d16)((n + 1023) << 52), f16);
    const float at_zero = exponent > 0 ? 0 : INFINITY, at_infinity = exponent > 0 ? INFINITY : 0;
    result = x == VALUE(0) ? VALUE(at_zero) : result;
    result = x == VALUE(INFINITY) ? VALUE(at_infinity) : result;
    return ((x < VALUE(0)) | (x != x)) ? VALUE(NAN) : result;
}
