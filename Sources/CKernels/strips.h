// Rows of channels in strips of vectors, shared by the batch norm kernels.

#pragma once
#include "lanes.h"

/// What one channel's normalisation needs; each array has one value per channel.
typedef struct {
    const float *mean, *inverse, *gamma, *beta;
} ck_channels;

/// Vectors of full width, or the one partial vector of fewer than sixteen channels.
CK_INLINE f16 get(const float *p, size_t width) {
    return width == 16 ? load16(p) : load_some(p, width);
}

CK_INLINE void put(float *p, f16 v, size_t width) {
    if (width == 16) store16(p, v);
    else store_some(p, v, 0, width);
}

/// Calls ACTION(V, width, at) over c channels: V vectors of `width` lanes from channel `at`. The
/// last strip of an uneven count starts early and computes some channels twice, with equal results.
#define EACH_STRIP(c, ACTION)                                                     \
    do {                                                                          \
        size_t strip = 0;                                                         \
        for (; strip + 64 <= (c); strip += 64) { ACTION(4, 16, strip); }          \
        if ((c) < 16 && strip < (c)) {                                            \
            ACTION(1, (c), 0);                                                    \
        } else if ((c) - strip == 48) {                                           \
            ACTION(3, 16, strip);                                                 \
        } else if ((c) - strip == 32) {                                           \
            ACTION(2, 16, strip);                                                 \
        } else {                                                                  \
            for (; strip < (c); strip += 16) {                                    \
                ACTION(1, 16, smaller(strip, (c) - 16));                          \
            }                                                                     \
        }                                                                         \
    } while (0)

enum {
    FOLD = 16,           // narrow rows are folded, sixteen to one, so that vectors are full
    FOLDED = 16 * FOLD,  // most channels after folding
};

/// `c` < 16 values repeated sixteen times.
CK_INLINE void repeat(const float *from, size_t c, float *to) {
    for (size_t i = 0; i < FOLD; i++)
        for (size_t j = 0; j < c; j++) to[i * c + j] = from[j];
}

/// The channels' constants repeated for folded rows, in `room`.
CK_INLINE ck_channels fold(ck_channels k, size_t c, float room[4][FOLDED]) {
    repeat(k.mean, c, room[0]);
    repeat(k.inverse, c, room[1]);
    repeat(k.gamma, c, room[2]);
    repeat(k.beta, c, room[3]);
    return (ck_channels){room[0], room[1], room[2], room[3]};
}
