// What the versions of oneDNN do differently, under one set of names.
#ifndef APOGEE_ONEDNN_DESCRIPTORS_H
#define APOGEE_ONEDNN_DESCRIPTORS_H

#include "OneDNNBridge.h"
#include <dnnl.h>

#if DNNL_VERSION_MAJOR != 2 && DNNL_VERSION_MAJOR != 3
#error "Apogee needs the headers of oneDNN 2 or 3: install libdnnl-dev of Debian 12 or 13"
#endif

#define DN_TRY(name, expression)                                     \
    do {                                                             \
        dnnl_status_t dn_code = (expression);                        \
        if (dn_code != dnnl_success)                                 \
            return (dn_status) { .call = name, .code = dn_code };    \
    } while (0)

#define DN_PASS_ON(expression)                                       \
    do {                                                             \
        dn_status dn_outcome = (expression);                         \
        if (dn_outcome.code != 0) return dn_outcome;                 \
    } while (0)

static const dn_status dn_success = { .call = NULL, .code = 0 };

// A description of memory: a value in version 2, a handle in version 3. One that is all zeros is
// none.
typedef struct dn_description {
    dnnl_memory_desc_t value;
} dn_description;
#if DNNL_VERSION_MAJOR == 2
typedef const dnnl_memory_desc_t *dn_description_handle;
#else
typedef const_dnnl_memory_desc_t dn_description_handle;
#endif

dn_description_handle dn_handle(const dn_description *description);
bool dn_is_none(const dn_description *description);
void dn_description_destroy(dn_description *description);

// Sizes in the order N, C, H, W or G, O, I, H, W, whatever the layout.
dn_status dn_describe_tag(
    dn_description *description, int rank, const dnnl_dim_t *sizes, dnnl_format_tag_t tag);
dn_status dn_describe_strides(
    dn_description *description, int rank, const dnnl_dim_t *sizes, const dnnl_dim_t *strides);
// A copy of what a primitive asks for.
dn_status dn_describe_query(
    dn_description *description, const_dnnl_primitive_desc_t primitive, dnnl_query_t query);
size_t dn_description_bytes(const dn_description *description);
bool dn_descriptions_equal(const dn_description *a, const dn_description *b);

// What a convolution reads and writes. Weights of a layout that oneDNN chooses are described by the
// tag `any`.
typedef struct dn_operands {
    dn_description source, weights, bias, destination;
} dn_operands;

// The caller destroys what it gets. Backward passes need the forward one as a hint.
dn_status dn_describe_convolution(
    dnnl_primitive_desc_t *description, dnnl_engine_t engine, const dn_convolution_shape *shape,
    dn_pass pass, const dn_operands *operands, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes);

// Stride, dilation and padding as oneDNN has them: a dilation of 0 is none, and the arrays have room
// for any rank, as its declarations ask for.
typedef struct dn_window {
    dnnl_dims_t strides, dilations, padding;
} dn_window;

static inline dn_window dn_window_of(const dn_convolution_shape *shape)
{
    return (dn_window) {
        .strides = { shape->stride, shape->stride },
        .dilations = { shape->dilation - 1, shape->dilation - 1 },
        .padding = { shape->padding_height, shape->padding_width },
    };
}

// Instruction sets by number, and their names.
typedef struct dn_set_name {
    unsigned code;
    const char *name;
} dn_set_name;
extern const dn_set_name dn_set_names[];

#endif
