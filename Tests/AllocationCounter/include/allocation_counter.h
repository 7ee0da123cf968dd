/// Counts what the calling thread allocates, for tests that nothing large is allocated.
///
/// The functions of malloc are wrapped, which needs glibc and no sanitizer; elsewhere nothing is
/// counted.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stddef.h>

/// What was allocated since counting began, freed or not.
typedef struct {
    /// Number of allocations.
    long count;
    /// Number of those of at least `large` bytes.
    long large_count;
    /// The largest of them, in bytes.
    size_t largest;
} allocation_count;

/// Whether this system lets allocations be counted.
bool allocation_counter_works(void);

/// Begins to count the calling thread's allocations; those of at least `large` bytes also apart.
void allocation_counter_start(size_t large);

/// Ends counting and gives the figures.
allocation_count allocation_counter_stop(void);

#endif
