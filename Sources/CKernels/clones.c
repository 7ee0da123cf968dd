// Which of the compiled versions of the kernels the loader picked.

#include "lanes.h"

const char *ck_clone(void) {
#if defined(CK_ONE_VERSION)
    return "baseline";
#elif defined(__x86_64__) && defined(__linux__)
    // The same questions in the same order as the resolvers that target_clones makes.
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
    if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
    return "x86-64";
#elif defined(__aarch64__)
    return "arm64";
#else
    return "baseline";
#endif
}
