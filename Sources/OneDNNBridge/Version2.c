// oneDNN 2: memory descriptions are values; operations are described first, then made primitives.
#include "Descriptors.h"

#if DNNL_VERSION_MAJOR == 2

dn_description_handle dn_handle(const dn_description *description)
{
    return dn_is_none(description) ? NULL : &description->value;
}

bool dn_is_none(const dn_description *description) { return description->value.ndims == 0; }

void dn_description_destroy(dn_description *description) { (void)description; }

dn_status dn_describe_tag(
    dn_description *description, int rank, const dnnl_dim_t *sizes, dnnl_format_tag_t tag)
{
    DN_TRY("dnnl_memory_desc_init_by_tag",
        dnnl_memory_desc_init_by_tag(&description->value, rank, sizes, dnnl_f32, tag));
    return dn_success;
}

dn_status dn_describe_strides(
    dn_description *description, int rank, const dnnl_dim_t *sizes, const dnnl_dim_t *strides)
{
    DN_TRY("dnnl_memory_desc_init_by_strides",
        dnnl_memory_desc_init_by_strides(&description->value, rank, sizes, dnnl_f32, strides));
    return dn_success;
}

dn_status dn_describe_query(
    dn_description *description, const_dnnl_primitive_desc_t primitive, dnnl_query_t query)
{
    const dnnl_memory_desc_t *found = dnnl_primitive_desc_query_md(primitive, query, 0);
    if (!found) DN_TRY("dnnl_primitive_desc_query_md", dnnl_runtime_error);
    description->value = *found;
    return dn_success;
}

size_t dn_description_bytes(const dn_description *description)
{
    return dnnl_memory_desc_get_size(&description->value);
}

bool dn_descriptions_equal(const dn_description *a, const dn_description *b)
{
    return dnnl_memory_desc_equal(&a->value, &b->value) == 1;
}

dn_status dn_describe_convolution(
    dnnl_primitive_desc_t *description, dnnl_engine_t engine, const dn_convolution_shape *shape,
    dn_pass pass, const dn_operands *operands, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes)
{
    dnnl_convolution_desc_t operation;
    const dn_window window = dn_window_of(shape);
    const dn_description_handle source = dn_handle(&operands->source);
    const dn_description_handle weights = dn_handle(&operands->weights);
    const dn_description_handle destination = dn_handle(&operands->destination);
    switch (pass) {
    case DN_FORWARD:
        DN_TRY("dnnl_dilated_convolution_forward_desc_init",
            dnnl_dilated_convolution_forward_desc_init(&operation, dnnl_forward_training,
                dnnl_convolution_direct, source, weights, dn_handle(&operands->bias), destination,
                window.strides, window.dilations, window.padding, window.padding));
        break;
    case DN_BACKWARD_DATA:
        DN_TRY("dnnl_dilated_convolution_backward_data_desc_init",
            dnnl_dilated_convolution_backward_data_desc_init(&operation, dnnl_convolution_direct,
                source, weights, destination, window.strides, window.dilations, window.padding,
                window.padding));
        break;
    case DN_BACKWARD_WEIGHTS:
        DN_TRY("dnnl_dilated_convolution_backward_weights_desc_init",
            dnnl_dilated_convolution_backward_weights_desc_init(&operation,
                dnnl_convolution_direct, source, weights, NULL, destination, window.strides,
                window.dilations, window.padding, window.padding));
        break;
    }
    DN_TRY("dnnl_primitive_desc_create",
        dnnl_primitive_desc_create(description, &operation, attributes, engine, forward));
    return dn_success;
}

const dn_set_name dn_set_names[] = {
    { dnnl_cpu_isa_sse41, "sse41" },
    { dnnl_cpu_isa_avx, "avx" },
    { dnnl_cpu_isa_avx2, "avx2" },
    { dnnl_cpu_isa_avx2_vnni, "avx2_vnni" },
    { dnnl_cpu_isa_avx512_core, "avx512_core" },
    { dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni" },
    { dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16" },
    { dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx" },
    { 0, NULL },
};

#endif
