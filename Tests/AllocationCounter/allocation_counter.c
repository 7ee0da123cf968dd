#include "allocation_counter.h"

#include <errno.h>
#include <stdlib.h>

static _Thread_local struct {
    bool is_counting;
    size_t large;
    allocation_count so_far;
} counter;

// A sanitizer has an allocator of its own under the same names.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

// The allocator under the names that a program may define anew.
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

static inline void note(size_t bytes) {
    if (!counter.is_counting) return;
    counter.so_far.count += 1;
    if (bytes >= counter.large) counter.so_far.large_count += 1;
    if (bytes > counter.so_far.largest) counter.so_far.largest = bytes;
}

void *malloc(size_t bytes) {
    note(bytes);
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
    note(bytes == 0 || count <= (size_t)-1 / bytes ? count * bytes : (size_t)-1);
    return __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes) {
    note(bytes);
    return __libc_realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
    note(bytes);
    return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
    note(bytes);
    return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) {
        return EINVAL;
    }
    note(bytes);
    void *const made = __libc_memalign(alignment, bytes);
    if (made == NULL) return ENOMEM;
    *memory = made;
    return 0;
}

bool allocation_counter_works(void) { return true; }

#else

bool allocation_counter_works(void) { return false; }

#endif

void allocation_counter_start(size_t large) {
    counter.large = large;
    counter.so_far = (allocation_count){0, 0, 0};
    counter.is_counting = true;
}

allocation_count allocation_counter_stop(void) {
    counter.is_counting = false;
    return counter.so_far;
}
