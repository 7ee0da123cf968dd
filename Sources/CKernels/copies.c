// Rows of one tensor to rows of another: slices, padding and concatenation of channels.

#include "lanes.h"

CK_INLINE void copy_vectors(size_t rows, size_t count, const float *from, size_t from_row,
                            float *to, size_t to_row) {
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < count; j += 16)
            store16(to + r * to_row + j, load16(from + r * from_row + j));
}

CK_CLONES
void ck_copy_rows(size_t rows, size_t count, const float *from, size_t from_row, float *to,
                  size_t to_row) {
    if (count % 16 == 0) {
        copy_vectors(rows, count, from, from_row, to, to_row);
        return;
    }
    for (size_t r = 0; r < rows; r++)
        memcpy(to + r * to_row, from + r * from_row, sizeof(float) * count);
}
