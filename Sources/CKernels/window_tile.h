// One row of a sliding-window walk over LANES channels. Included once for each lane count.

#define VECTOR CK_JOIN(f, LANES)
#define ANY CK_JOIN(CK_JOIN(f, LANES), _any)
#define NAME(base) CK_JOIN(CK_JOIN(base, _), LANES)
#define LOAD(p) ((VECTOR)(*(const ANY *)(p)))

/// T neighbouring destinations from column `from`, with rows tap_first..<tap_end of the window
/// inside the source. A clipped tile reads a constant wherever a column is outside. `across` is
/// source_stride · c: a constant spares the tile its eight pointers.
CK_INLINE void NAME(walk_tile)(ck_walk_kind kind, const ck_walk *k, int T, bool clipped,
                               ptrdiff_t across,
                               const float *source, const float *weights, const float *extra,
                               float *destination, int row, int from, int at, int tap_first,
                               int tap_end) {
    const ck_axis *ay = &k->y, *ax = &k->x;
    const ptrdiff_t c = k->c;
    const int source_y = row * ay->source_stride + ay->source_first;
    const int source_x = from * ax->source_stride + ax->source_first;
    const bool placed = kind == WALK_MAX_INDEX || kind == WALK_MAX_BOTH;
    const float *outside = kind == WALK_MAX || placed ? ck_lowest : ck_zeros;
    float *into = destination + (size_t)(ay->first + row * ay->step) * k->destination_row
                  + (ptrdiff_t)(ax->first + from * ax->step) * c + at;
    VECTOR sum[8], place[8];

    for (int t = 0; t < T; t++) {
        sum[t] = (VECTOR)0.0f;
        place[t] = (VECTOR)0.0f;
        if (kind == WALK_GATHER)
            place[t] = LOAD(extra + (into - destination) + t * (ptrdiff_t)ax->step * c);
        if (kind == WALK_MAX || placed) {
            // The first value inside stands until one is greater; a window of padding gives 0.
            int first = 0, end = ax->taps, x = source_x + t * ax->source_stride;
            if (clipped) taps_inside(ax, x, &first, &end);
            bool some = first < end && tap_first < tap_end;
            const float *p = source
                             + (ptrdiff_t)(source_y + tap_first * ay->tap_step) * k->source_row
                             + (ptrdiff_t)(x + first * ax->tap_step) * c + at;
            sum[t] = LOAD(some ? p : ck_zeros);
            int index = some ? tap_first * k->kw + first : -1;
            if (placed) place[t] = (VECTOR)(float)index;
        }
    }

    for (int j = tap_first; j < tap_end; j++) {
        const int y = source_y + j * ay->tap_step, ky = ay->k_first + j * ay->k_step;
        const float *line = source + (ptrdiff_t)y * k->source_row + at;
        const float row_part = kind == WALK_AVERAGE_BACKWARD ? k->row_reciprocals[y] : 0;
        for (int l = 0; l < ax->taps; l++) {
            const int x0 = source_x + l * ax->tap_step;
            const int position = ky * k->kw + ax->k_first + l * ax->k_step;
            const float *p = line + x0 * c;
            VECTOR weight = (VECTOR)0.0f, tap = (VECTOR)(float)position;
            if (kind == WALK_PRODUCT || kind == WALK_RECTIFIED_PRODUCT)
                weight = LOAD(weights + position * c + at);
#pragma clang loop unroll(full)
            for (int t = 0; t < T; t++) {
                const int x = x0 + t * ax->source_stride;
                const bool inside = !clipped || (unsigned)x < (unsigned)ax->source_size;
                const float *q = inside ? p + t * across : outside;
                VECTOR v = LOAD(q);
                if (kind == WALK_PRODUCT) sum[t] += v * weight;
                if (kind == WALK_RECTIFIED_PRODUCT) sum[t] += RECTIFIED(v) * weight;
                if (kind == WALK_MAX) sum[t] = v > sum[t] ? v : sum[t];
                if (placed) {
                    place[t] = v > sum[t] ? tap : place[t];
                    sum[t] = v > sum[t] ? v : sum[t];
                }
                if (kind == WALK_GATHER) sum[t] = place[t] == tap ? v : sum[t];
                if (kind == WALK_SCATTER) {
                    VECTOR index = LOAD(inside ? extra + (q - source) : ck_zeros);
                    sum[t] += index == tap ? v : (VECTOR)0.0f;
                }
                if (kind == WALK_AVERAGE) sum[t] += v;
                if (kind == WALK_AVERAGE_BACKWARD) {
                    float column_part = k->column_reciprocals[inside ? x : 0];
                    sum[t] += v * (VECTOR)(row_part * column_part);
                }
            }
        }
    }

    for (int t = 0; t < T; t++) {
        VECTOR result = kind == WALK_MAX_INDEX ? place[t] : sum[t];
        if (kind == WALK_AVERAGE) {
            int first = 0, end = ax->taps;
            if (clipped) taps_inside(ax, source_x + t * ax->source_stride, &first, &end);
            int inside = larger_int(0, end - first) * larger_int(0, tap_end - tap_first);
            result *= (VECTOR)(inside > 0 ? 1.0f / (float)inside : 0.0f);
        }
        *(ANY *)(into + t * (ptrdiff_t)ax->step * c) = result;
        if (kind == WALK_MAX_BOTH)
            *(ANY *)((float *)extra + (into - destination) + t * (ptrdiff_t)ax->step * c) =
                place[t];
    }
}

/// Destinations of one row: tiles of eight where every tap is inside, tiles of four at the edges,
/// and in each tile all channels, so that memory is read in its order. Tiles and channel blocks
/// may overlap; both write the same values.
CK_INLINE void NAME(walk_row)(ck_walk_kind kind, const ck_walk *k, const float *source,
                              const float *weights, const float *extra, float *destination,
                              int row) {
    int tap_first, tap_end;
    taps_inside(&k->y, row * k->y.source_stride + k->y.source_first, &tap_first, &tap_end);
    const int count = k->x.count, clear = k->x.clear_first, clear_end = k->x.clear_end;
    const ptrdiff_t across = (ptrdiff_t)k->x.source_stride * k->c;
    const bool wide = clear_end - clear >= 8;
    int i = 0;
    while (i < count) {
        const bool inner = wide && i >= clear && i < clear_end;
        const int length = inner ? 8 : count >= 4 ? 4 : 1;
        const int from = smaller_int(i, (inner ? clear_end : count) - length);
        for (int block = 0; block < k->c; block += LANES) {
            const int at = smaller_int(block, k->c - LANES);
#define TILE(T, clipped, across)                                                                  \
    NAME(walk_tile)(kind, k, T, clipped, across, source, weights, extra, destination, row, from,  \
                    at, tap_first, tap_end)
            if (inner && across == 16 && LANES == 16) TILE(8, false, 16);
            else if (inner) TILE(8, false, across);
            else if (length == 4) TILE(4, true, across);
            else TILE(1, true, across);
#undef TILE
        }
        i = from + length;
    }
}

#undef VECTOR
#undef ANY
#undef NAME
#undef LOAD
#undef LANES
