// Weight gradients of one output row over LANES channels. Included once for each lane count.

#define VECTOR CK_JOIN(f, LANES)
#define ANY CK_JOIN(CK_JOIN(f, LANES), _any)
#define NAME(base) CK_JOIN(CK_JOIN(base, _), LANES)
#define LOAD(p) ((VECTOR)(*(const ANY *)(p)))

/// sums[r·8 + l] += Σ over the row of dy · x, for R window rows from tap row `ky` and K taps from
/// `kx`. All R source rows must be inside. R·K sums stay in registers for the length of the row.
CK_INLINE void NAME(gather_row)(const ck_window *g, int R, int K, bool rectified, const float *x,
                                const float *dy, int oy, int ky, int kx, int at, VECTOR *sums) {
    const ptrdiff_t c = g->c, row = (ptrdiff_t)g->w * c;
    const int step = g->dilation, y0 = oy * g->stride + ky * step - g->pad_h;
    const int x0 = kx * step - g->pad_w;
    const float *lines = x + y0 * row + at;
    const float *from = dy + (ptrdiff_t)oy * g->ow * c + at;
    int clear = larger_int(0, ceil_divide(-x0, g->stride));
    int clear_end = floor_divide(g->w - 1 - (x0 + (K - 1) * step), g->stride) + 1;
    clear = smaller_int(clear, g->ow);
    clear_end = larger_int(clear, smaller_int(clear_end, g->ow));
    VECTOR sum[40];
    for (int i = 0; i < R * K; i++) sum[i] = sums[i / K * 8 + i % K];
#pragma clang loop unroll(disable)
    for (int part = 0; part < 3; part++) {
        int ox = part == 0 ? 0 : part == 1 ? clear : clear_end;
        const int end = part == 0 ? clear : part == 1 ? clear_end : g->ow;
        if (part == 1) {
            for (; ox < end; ox++) {
                const float *p = lines + (x0 + ox * g->stride) * c;
                VECTOR d = LOAD(from + ox * c);
                for (int r = 0; r < R; r++)
                    for (int l = 0; l < K; l++) {
                        VECTOR v = LOAD(p + r * step * row + l * step * c);
                        if (rectified) v = RECTIFIED(v);
                        sum[r * K + l] += d * v;
                    }
            }
        } else {
            for (; ox < end; ox++) {
                VECTOR d = LOAD(from + ox * c);
                for (int l = 0; l < K; l++) {
                    const int ix = x0 + ox * g->stride + l * step;
                    const bool inside = (unsigned)ix < (unsigned)g->w;
                    for (int r = 0; r < R; r++) {
                        VECTOR v = LOAD(inside ? lines + r * step * row + ix * c : ck_zeros);
                        if (rectified) v = RECTIFIED(v);
                        sum[r * K + l] += d * v;
                    }
                }
            }
        }
    }
    for (int i = 0; i < R * K; i++) sums[i / K * 8 + i % K] = sum[i];
}

/// Adds one image to dw, up to four blocks of channels from channel `from` side by side. The last
/// block of an uneven channel count starts early; its lanes that belong to the block before are
/// left alone. Windows are cut into parts of at most 8 rows and 5, 3 or 1 columns.
CK_INLINE void NAME(gather_image)(const ck_window *g, bool rectified, const float *x,
                                  const float *dy, int from, float *dw) {
    const int blocks = smaller_int(4, (g->c - from + LANES - 1) / LANES);
    for (int ky = 0; ky < g->kh; ky += 8)
        for (int kx = 0, K = 0; kx < g->kw; kx += K) {
            const int R = smaller_int(8, g->kh - ky), left = g->kw - kx;
            K = left >= 5 ? 5 : left >= 3 ? 3 : 1;
            VECTOR sums[4 * 64];
            for (int i = 0; i < blocks * 64; i++) sums[i] = (VECTOR)0.0f;
            for (int oy = 0; oy < g->oh; oy++) {
                const int y = oy * g->stride + ky * g->dilation - g->pad_h;
                const bool all = LANES == 16 && y >= 0 && y + (R - 1) * g->dilation < g->h;
                for (int b = 0; b < blocks; b++) {
                    const int at = smaller_int(from + b * LANES, g->c - LANES);
                    VECTOR *s = sums + b * 64;
                    if (all && R == 3 && K == 3) {
                        NAME(gather_row)(g, 3, 3, rectified, x, dy, oy, ky, kx, at, s);
                        continue;
                    }
                    if (all && R == 5 && K == 5) {
                        NAME(gather_row)(g, 5, 5, rectified, x, dy, oy, ky, kx, at, s);
                        continue;
                    }
                    for (int r = 0; r < R; r++, s += 8) {
                        const int k = ky + r;
                        if ((unsigned)(y + r * g->dilation) >= (unsigned)g->h) continue;
                        if (K == 5) NAME(gather_row)(g, 1, 5, rectified, x, dy, oy, k, kx, at, s);
                        if (K == 3) NAME(gather_row)(g, 1, 3, rectified, x, dy, oy, k, kx, at, s);
                        if (K == 1) NAME(gather_row)(g, 1, 1, rectified, x, dy, oy, k, kx, at, s);
                    }
                }
            }
            for (int i = 0; i < blocks * R * K; i++) {
                const int b = i / (R * K), r = i / K % R, l = i % K;
                const int at = smaller_int(from + b * LANES, g->c - LANES);
                const int known = from + b * LANES - at;
                float *into = dw + ((ptrdiff_t)(ky + r) * g->kw + kx + l) * g->c + at;
                float lanes[LANES];
                *(ANY *)lanes = sums[b * 64 + r * 8 + l];
                for (int j = known; j < LANES; j++) into[j] += lanes[j];
            }
        }
}

#undef VECTOR
#undef ANY
#undef NAME
#undef LOAD
#undef LANES
