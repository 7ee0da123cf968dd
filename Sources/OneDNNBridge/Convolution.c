// A convolution of oneDNN's: the primitive, the reorder of its weights, and a run of both.
#include "Descriptors.h"
#include <stdlib.h>

struct dn_convolution {
    dnnl_engine_t engine;
    dnnl_primitive_desc_t forward, own;
    dnnl_primitive_t primitive, reorder;
    dn_operands operands;
    // Weights as the caller has them and as the primitive wants them, and its working memory.
    dn_description plain, wanted, working;
    size_t weight_bytes;
    dn_pass pass;
};

static size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

static dn_status describe_operands(dn_convolution *made, const dn_convolution_shape *s)
{
    const dnnl_format_tag_t tag = s->layout == DN_BLOCKED_16 ? dnnl_nChw16c : dnnl_nhwc;
    const dnnl_dims_t source = { s->batch, s->channels, s->height, s->width };
    const dnnl_dims_t destination = { s->batch, s->outputs, s->output_height, s->output_width };
    DN_PASS_ON(dn_describe_tag(&made->operands.source, 4, source, tag));
    DN_PASS_ON(dn_describe_tag(&made->operands.destination, 4, destination, tag));
    if (s->bias) {
        const dnnl_dims_t bias = { s->outputs };
        DN_PASS_ON(dn_describe_tag(&made->operands.bias, 1, bias, dnnl_x));
    }

    // O, I, H, W, and G before them if there are groups, over the stored H, W, I, O.
    const dnnl_dim_t inputs = s->channels / s->groups, outputs = s->outputs / s->groups;
    const dnnl_dim_t all = s->outputs;
    const dnnl_dim_t row = s->window_width * inputs * all;
    const bool grouped = s->groups > 1;
    const dnnl_dims_t plain = { outputs, inputs, s->window_height, s->window_width };
    const dnnl_dims_t plain_strides = { 1, all, row, inputs * all };
    const dnnl_dims_t groups = { s->groups, outputs, inputs, s->window_height, s->window_width };
    const dnnl_dims_t group_strides = { outputs, 1, all, row, inputs * all };
    const int rank = grouped ? 5 : 4;
    const dnnl_dim_t *sizes = grouped ? groups : plain;
    DN_PASS_ON(dn_describe_strides(
        &made->plain, rank, sizes, grouped ? group_strides : plain_strides));
    DN_PASS_ON(dn_describe_tag(&made->operands.weights, rank, sizes, dnnl_format_tag_any));
    return dn_success;
}

static dn_status make_primitive(dn_convolution *made, const dn_convolution_shape *shape)
{
    dnnl_primitive_attr_t attributes = NULL;
    DN_TRY("dnnl_primitive_attr_create", dnnl_primitive_attr_create(&attributes));
    dn_status status = { "dnnl_primitive_attr_set_scratchpad_mode",
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) };
    if (status.code == 0)
        status = dn_describe_convolution(&made->forward, made->engine, shape, DN_FORWARD,
            &made->operands, NULL, attributes);
    if (status.code == 0 && shape->pass != DN_FORWARD)
        status = dn_describe_convolution(&made->own, made->engine, shape, shape->pass,
            &made->operands, made->forward, attributes);
    dnnl_primitive_attr_destroy(attributes);
    DN_PASS_ON(status);
    DN_TRY("dnnl_primitive_create",
        dnnl_primitive_create(&made->primitive, made->own ? made->own : made->forward));
    return dn_success;
}

static dn_status make_reorder(dn_convolution *made)
{
    const_dnnl_primitive_desc_t own = made->own ? made->own : made->forward;
    const bool back = made->pass == DN_BACKWARD_WEIGHTS;
    DN_PASS_ON(dn_describe_query(
        &made->wanted, own, back ? dnnl_query_diff_weights_md : dnnl_query_weights_md));
    DN_PASS_ON(dn_describe_query(&made->working, own, dnnl_query_scratchpad_md));
    made->weight_bytes = aligned(dn_description_bytes(&made->wanted));
    if (dn_descriptions_equal(&made->plain, &made->wanted)) return dn_success;
    const dn_description *from = back ? &made->wanted : &made->plain;
    const dn_description *to = back ? &made->plain : &made->wanted;
    dnnl_primitive_desc_t description = NULL;
    DN_TRY("dnnl_reorder_primitive_desc_create",
        dnnl_reorder_primitive_desc_create(&description, dn_handle(from), made->engine,
            dn_handle(to), made->engine, NULL));
    const dnnl_status_t code = dnnl_primitive_create(&made->reorder, description);
    dnnl_primitive_desc_destroy(description);
    DN_TRY("dnnl_primitive_create", code);
    return dn_success;
}

dn_status dn_convolution_create(
    const dn_engine *engine, const dn_convolution_shape *shape, dn_convolution **convolution)
{
    dn_convolution *made = calloc(1, sizeof *made);
    if (!made) return (dn_status) { .call = "calloc", .code = dnnl_out_of_memory };
    made->engine = (dnnl_engine_t)engine;
    made->pass = shape->pass;
    dn_status status = describe_operands(made, shape);
    if (status.code == 0) status = make_primitive(made, shape);
    if (status.code == 0) status = make_reorder(made);
    if (status.code == 0)
        *convolution = made;
    else
        dn_convolution_destroy(made);
    return status;
}

void dn_convolution_destroy(dn_convolution *convolution)
{
    if (!convolution) return;
    if (convolution->reorder) dnnl_primitive_destroy(convolution->reorder);
    if (convolution->primitive) dnnl_primitive_destroy(convolution->primitive);
    if (convolution->own) dnnl_primitive_desc_destroy(convolution->own);
    if (convolution->forward) dnnl_primitive_desc_destroy(convolution->forward);
    dn_description_destroy(&convolution->operands.source);
    dn_description_destroy(&convolution->operands.weights);
    dn_description_destroy(&convolution->operands.bias);
    dn_description_destroy(&convolution->operands.destination);
    dn_description_destroy(&convolution->plain);
    dn_description_destroy(&convolution->wanted);
    dn_description_destroy(&convolution->working);
    free(convolution);
}

const char *dn_convolution_implementation(const dn_convolution *convolution)
{
    const char *name = NULL;
    dnnl_primitive_desc_query(convolution->own ? convolution->own : convolution->forward,
        dnnl_query_impl_info_str, 0, &name);
    return name ? name : "unknown";
}

size_t dn_convolution_scratch(const dn_convolution *convolution)
{
    return convolution->weight_bytes + dn_description_bytes(&convolution->working);
}

// Memories of one run, destroyed together.
typedef struct run_memories {
    dnnl_engine_t engine;
    dnnl_memory_t made[6];
    int count;
    dnnl_status_t code;
} run_memories;

static dnnl_memory_t memory(
    run_memories *memories, const dn_description *description, const void *data)
{
    if (memories->code != dnnl_success) return NULL;
    dnnl_memory_t made = NULL;
    memories->code
        = dnnl_memory_create(&made, dn_handle(description), memories->engine, (void *)data);
    if (memories->code == dnnl_success) memories->made[memories->count++] = made;
    return made;
}

static dn_status copy_weights(
    const dn_convolution *c, dnnl_stream_t stream, dnnl_memory_t from, dnnl_memory_t to)
{
    const dnnl_exec_arg_t arguments[2] = { { DNNL_ARG_SRC, from }, { DNNL_ARG_DST, to } };
    DN_TRY("dnnl_primitive_execute", dnnl_primitive_execute(c->reorder, stream, 2, arguments));
    return dn_success;
}

static dn_status run(const dn_convolution *c, dnnl_stream_t stream, run_memories *memories,
    const float *first, const float *second, const float *bias, float *output, char *scratch)
{
    const bool back = c->pass == DN_BACKWARD_WEIGHTS;
    const dnnl_memory_t plain = memory(memories, &c->plain, back ? output : second);
    const dnnl_memory_t weights
        = c->reorder ? memory(memories, &c->wanted, scratch) : plain;
    const dnnl_memory_t working
        = memory(memories, &c->working, scratch ? scratch + c->weight_bytes : NULL);
    const bool has_bias = !dn_is_none(&c->operands.bias);
    dnnl_exec_arg_t arguments[5] = { { DNNL_ARG_SCRATCHPAD, working } };
    int count = 4;
    switch (c->pass) {
    case DN_FORWARD:
        arguments[1] = (dnnl_exec_arg_t) { DNNL_ARG_SRC,
            memory(memories, &c->operands.source, first) };
        arguments[2] = (dnnl_exec_arg_t) { DNNL_ARG_WEIGHTS, weights };
        arguments[3] = (dnnl_exec_arg_t) { DNNL_ARG_DST,
            memory(memories, &c->operands.destination, output) };
        if (has_bias)
            arguments[count++] = (dnnl_exec_arg_t) { DNNL_ARG_BIAS,
                memory(memories, &c->operands.bias, bias) };
        break;
    case DN_BACKWARD_DATA:
        arguments[1] = (dnnl_exec_arg_t) { DNNL_ARG_DIFF_DST,
            memory(memories, &c->operands.destination, first) };
        arguments[2] = (dnnl_exec_arg_t) { DNNL_ARG_WEIGHTS, weights };
        arguments[3] = (dnnl_exec_arg_t) { DNNL_ARG_DIFF_SRC,
            memory(memories, &c->operands.source, output) };
        break;
    case DN_BACKWARD_WEIGHTS:
        arguments[1] = (dnnl_exec_arg_t) { DNNL_ARG_SRC,
            memory(memories, &c->operands.source, first) };
        arguments[2] = (dnnl_exec_arg_t) { DNNL_ARG_DIFF_DST,
            memory(memories, &c->operands.destination, second) };
        arguments[3] = (dnnl_exec_arg_t) { DNNL_ARG_DIFF_WEIGHTS, weights };
        break;
    }
    DN_TRY("dnnl_memory_create", memories->code);
    if (c->reorder && !back) DN_PASS_ON(copy_weights(c, stream, plain, weights));
    DN_TRY("dnnl_primitive_execute",
        dnnl_primitive_execute(c->primitive, stream, count, arguments));
    if (c->reorder && back) DN_PASS_ON(copy_weights(c, stream, weights, plain));
    return dn_success;
}

dn_status dn_convolution_run(
    const dn_convolution *convolution, const dn_stream *stream, const float *first,
    const float *second, const float *bias, float *output, void *scratch)
{
    run_memories memories = { .engine = convolution->engine, .code = dnnl_success };
    const dn_status status = run(convolution, (dnnl_stream_t)stream, &memories, first, second,
        bias, output, scratch);
    for (int i = 0; i < memories.count; i++) dnnl_memory_destroy(memories.made[i]);
    return status;
}
