// The engine, streams, versions and matrix products.
#include "Descriptors.h"
#include <dlfcn.h>

dn_version dn_header_version(void)
{
    return (dn_version) { DNNL_VERSION_MAJOR, DNNL_VERSION_MINOR, DNNL_VERSION_PATCH };
}

dn_version dn_library_version(void)
{
    const dnnl_version_t *version = dnnl_version();
    return (dn_version) { version->major, version->minor, version->patch };
}

const char *dn_instruction_set(void)
{
    const unsigned code = dnnl_get_effective_cpu_isa();
    for (const dn_set_name *entry = dn_set_names; entry->name; entry++)
        if (entry->code == code) return entry->name;
    // A wider set than this version of the headers names, or a processor without vector code.
    return dn_is_wide() ? "avx512_core and wider" : code ? "unnamed" : "portable";
}

bool dn_is_wide(void)
{
    // Sets are masks of features, of which wider ones hold the narrower ones.
    const unsigned wide = dnnl_cpu_isa_avx512_core;
    return ((unsigned)dnnl_get_effective_cpu_isa() & wide) == wide;
}

dn_status dn_engine_create(dn_engine **engine)
{
    if (dn_library_version().major != DNNL_VERSION_MAJOR)
        return (dn_status) { .call = "dnnl_version", .code = DN_OTHER_VERSION };
    dnnl_engine_t made = NULL;
    DN_TRY("dnnl_engine_create", dnnl_engine_create(&made, dnnl_cpu, 0));
    *engine = (dn_engine *)made;
    return dn_success;
}

void dn_engine_destroy(dn_engine *engine) { dnnl_engine_destroy((dnnl_engine_t)engine); }

// libgomp comes with libdnnl, and its header only with a compiler, so its entry is looked up.
static void use_one_thread(void)
{
    void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (set_threads) set_threads(1);
}

dn_status dn_stream_create(const dn_engine *engine, dn_stream **stream)
{
    use_one_thread();
    dnnl_stream_t made = NULL;
    DN_TRY("dnnl_stream_create",
        dnnl_stream_create(&made, (dnnl_engine_t)engine, dnnl_stream_default_flags));
    *stream = (dn_stream *)made;
    return dn_success;
}

void dn_stream_destroy(dn_stream *stream) { dnnl_stream_destroy((dnnl_stream_t)stream); }

dn_status dn_multiply(
    int64_t rows, int64_t columns, int64_t inner, const float *a, bool transpose_a, const float *b,
    bool transpose_b, float *c)
{
    DN_TRY("dnnl_sgemm",
        dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', rows, columns, inner, 1, a,
            transpose_a ? rows : inner, b, transpose_b ? inner : columns, 0, c, columns));
    return dn_success;
}
