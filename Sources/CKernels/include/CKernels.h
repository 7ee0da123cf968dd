// Hot loops that oneDNN 2.6 lacks or runs as reference code.
//
// Conventions: float32, NHWC, dense row-major, one thread, deterministic: the order of every sum is
// fixed by the shapes alone. No kernel allocates. Pointers may be unaligned to 64 bytes. Outputs
// never alias inputs unless a comment says so. Each public kernel is compiled for AVX-512, AVX2 and
// the baseline, and the loader picks one (function multiversioning). The versions add in the same
// order, but only the first two fuse multiply-add, so results are bit-identical from run to run on
// one processor, at any alignment and number of threads, and differ in the last bits between
// processors with and without it. Buffers aligned to 64 bytes are read up to a third faster.
//
// A NaN in the data reaches the results it takes part in, except that it loses comparisons: a
// maximum over a window or an axis ignores it unless it stands first.

#pragma once
#include <stddef.h>
#include <stdint.h>

/// A sliding window over an image batch, with the same stride, dilation and padding on both axes.
/// oh = (h + 2·pad − dilation·(kh−1) − 1) / stride + 1, and ow alike.
typedef struct {
    int32_t n, h, w, c;   ///< input: batch, height, width, channels
    int32_t oh, ow;       ///< output height and width
    int32_t kh, kw;       ///< window height and width
    int32_t stride, dilation, pad_h, pad_w;
} ck_window;

// Depthwise convolution: y[n,oy,ox,c] = Σ x[n, oy·stride+ky·dilation−pad_h, …, c] · weights[ky,kx,c].
void ck_depthwise_forward(const ck_window *g, const float *x, const float *weights, float *y);
/// The same on max(x, 0): the ReLU costs no pass of its own.
void ck_depthwise_forward_relu(const ck_window *g, const float *x, const float *weights, float *y);
void ck_depthwise_backward_data(const ck_window *g, const float *dy, const float *weights, float *dx);
void ck_depthwise_backward_weights(const ck_window *g, const float *x, const float *dy, float *dw);
/// The same on max(x, 0): the weight gradient of ck_depthwise_forward_relu.
void ck_depthwise_backward_weights_relu(const ck_window *g, const float *x, const float *dy,
                                        float *dw);

// 1×1 convolution: a matrix product over rows = batch · height · width. Weights are [cin, cout]. Any
// channel count is right; 1…128 is what the tiles are cut for.
void ck_pointwise_forward(size_t rows, size_t cin, size_t cout, const float *x, const float *w,
                          float *y);
/// The same on max(x, 0).
void ck_pointwise_forward_relu(size_t rows, size_t cin, size_t cout, const float *x, const float *w,
                               float *y);
void ck_pointwise_backward_data(size_t rows, size_t cin, size_t cout, const float *dy,
                                const float *w, float *dx);
void ck_pointwise_backward_weights(size_t rows, size_t cin, size_t cout, const float *x,
                                   const float *dy, float *dw);
/// The same on max(x, 0).
void ck_pointwise_backward_weights_relu(size_t rows, size_t cin, size_t cout, const float *x,
                                        const float *dy, float *dw);

// A separable unit: batch norm (if stats is given), ReLU, depthwise convolution, 1×1 convolution. g
// is the depthwise window: square, of 3 or 5 taps, stride and dilation 1 or 2, equal padding of at
// most dilation·(taps − 1). Channels in and out are multiples of 16. Scratch is aligned to 64 bytes
// and as large as the functions of that name say.
size_t ck_separable_forward_scratch(const ck_window *g, int32_t outputs);
/// y [n, oh, ow, outputs] and its statistics as ck_norm_statistics gives them.
void ck_separable_forward(const ck_window *g, int32_t outputs, const float *x, const float *stats,
                          const float *gamma, const float *beta, const float *depthwise,
                          const float *pointwise, float epsilon, float *scratch, float *y,
                          float *y_stats);
size_t ck_separable_backward_scratch(const ck_window *g, int32_t outputs);
/// dx: the gradient to what the ReLU reads, plus the `added_count` tensors of its size in `added`;
/// sums: as ck_norm_sums gives them of dx for the batch norm before the ReLU (or NULL without one).
/// With y_sums, dy is the gradient behind a batch norm of y with these statistics, gamma and sums;
/// without, it is that of y itself and the other y_… are not read.
void ck_separable_backward(const ck_window *g, int32_t outputs, const float *x, const float *stats,
                           const float *gamma, const float *beta, const float *depthwise,
                           const float *pointwise, const float *dy, const float *y,
                           const float *y_stats, const float *y_gamma, const float *y_sums,
                           const float *const *added, int32_t added_count, float *scratch,
                           float *dx, float *sums, float *d_depthwise, float *d_pointwise);

// Mixing: batch norm (if stats is given), ReLU, and any number of 1×1 convolutions of the result.
// Channels are multiples of 16. Scratch as above.
typedef struct {
    size_t rows;              ///< pixels
    int32_t parts, channels;  ///< of the input, and of each part; one part if there are stats
    const float *const *x;    ///< each part: [rows, channels]
    const float *stats, *gamma, *beta;
} ck_mixing;
typedef struct {
    int32_t outputs;
    const float *weights;  ///< [parts · channels, outputs]
    float *y;              ///< [rows, outputs]
    float *y_stats;        ///< as ck_norm_statistics gives them
} ck_mixed;
typedef struct {
    int32_t outputs;
    const float *weights;
    const float *dy, *y, *y_stats, *y_gamma, *y_sums;  ///< as ck_separable_backward reads them
    float *d_weights;
} ck_mixed_gradient;
size_t ck_mixing_forward_scratch(const ck_mixing *g, const ck_mixed *results, int32_t count);
void ck_mixing_forward(const ck_mixing *g, const ck_mixed *results, int32_t count, float epsilon,
                       float *scratch);
/// Of `results`, only the outputs are read.
size_t ck_mixing_backward_scratch(const ck_mixing *g, const ck_mixed *results, int32_t count);
/// dx: of each part, from all results together, plus `added`, which only one part may have; sums as
/// ck_separable_backward gives them.
void ck_mixing_backward(const ck_mixing *g, const ck_mixed_gradient *results, int32_t count,
                        const float *const *added, int32_t added_count, float *scratch,
                        float *const *dx, float *sums);

// Full 3-D convolution with few input channels (g->c ≤ 4, first layers); weights [kh, kw, c, out].
void ck_thin_forward(const ck_window *g, int32_t out, const float *x, const float *weights,
                     const float *bias /* [out] or NULL */, float *y);
void ck_thin_backward_weights(const ck_window *g, int32_t out, const float *x, const float *dy,
                              float *dw);

/// The weight gradient of a first layer behind ck_norm_relu_pool2, whose own gradient is not written
/// out: dy is that of the pooled values, x is the layer's output, and the rest as the batch norm's
/// backward kernel has it. At most 128 taps · channels, 16 to 512 outputs. Gives the same bits as the
/// two kernels one after the other.
size_t ck_thin_backward_weights_pool2_scratch(const ck_window *g, int32_t out);
void ck_thin_backward_weights_pool2(const ck_window *g, int32_t out, const float *images,
                                    const float *x, const float *stats, const float *gamma,
                                    const float *beta, const float *dy, const float *sums,
                                    float *scratch, float *dw);

// 3×3 convolution of stride 1, padding 0 to 2, by minimal filtering, F(2×2, 3×3): 2.25 times fewer
// multiplications where the output's sizes are even. An infinite value makes results near it NaN,
// whose window it is not in but whose tile it is. Channels in (g->c) and out are multiples of 16.
// Scratch is aligned to 64 bytes and as large as the function of that name says.
size_t ck_winograd_scratch(const ck_window *g, int32_t out);
void ck_winograd_forward(const ck_window *g, int32_t out, const float *x, const float *weights,
                         const float *bias /* [out] or NULL */, float *scratch, float *y);
void ck_winograd_backward_data(const ck_window *g, int32_t out, const float *dy,
                               const float *weights, float *scratch, float *dx);
void ck_winograd_backward_weights(const ck_window *g, int32_t out, const float *x, const float *dy,
                                  float *scratch, float *dw);

// Max pooling; padding never wins. `index` holds, per output element, the winning window position
// ky·kw+kx (the first in scan order on ties) as a float. A window that lies in the padding whole
// gives 0 and index −1.
void ck_max_pool(const ck_window *g, const float *x, float *y);
void ck_max_pool_index(const ck_window *g, const float *x, float *index);
/// Both of them in one pass.
void ck_max_pool_both(const ck_window *g, const float *x, float *y, float *index);
/// dx[winner] += dy: the transpose of ck_window_gather.
void ck_window_scatter(const ck_window *g, const float *dy, const float *index, float *dx);
/// y = x[winner].
void ck_window_gather(const ck_window *g, const float *x, const float *index, float *y);

// Average pooling; padding is not counted, and a window of padding alone gives 0.
void ck_average_pool(const ck_window *g, const float *x, float *y);
void ck_average_pool_backward(const ck_window *g, const float *dy, float *dx);

// Batch norm over `rows` rows of `c` channels. stats = [mean (c) | inverse deviation (c)], from the
// biased variance. gamma and beta are [c].
void ck_norm_statistics(size_t rows, size_t c, const float *x, float epsilon, float *stats);
/// y = (x − mean)·inverse·gamma + beta, then max(·, 0) if relu.
void ck_norm_apply(size_t rows, size_t c, const float *x, const float *stats, const float *gamma,
                   const float *beta, int relu, float *y);
/// y = norm(a) + b, or norm(a) + norm(b) if b_stats is given: a sum of batch norms in one pass.
void ck_norm_add(size_t rows, size_t c, const float *a, const float *a_stats, const float *a_gamma,
                 const float *a_beta, const float *b, const float *b_stats, const float *b_gamma,
                 const float *b_beta, float *y);
/// sums = [Σ dy' (c) | Σ dy'·x̂ (c)], dy' = dy where the output (recomputed) is > 0 or relu is off.
void ck_norm_sums(size_t rows, size_t c, const float *x, const float *stats, const float *gamma,
                  const float *beta, int relu, const float *dy, float *sums);
/// dx = gamma·inverse·(dy' − sums0/rows − x̂·sums1/rows).
void ck_norm_backward(size_t rows, size_t c, const float *x, const float *stats, const float *gamma,
                      const float *beta, int relu, const float *dy, const float *sums, float *dx);

// Batch norm, ReLU and 2×2 max pooling of stride 2 in one pass: x is [n, h, w, c], y and dy are
// [n, h/2, w/2, c] (rounded down: an odd last row or column is not pooled). Statistics come from
// ck_norm_statistics over all n·h·w rows. The backward kernels find the winner again from x: the
// first in scan order on ties; a window whose output is 0 passes no gradient.
void ck_norm_relu_pool2(size_t n, size_t h, size_t w, size_t c, const float *x, const float *stats,
                        const float *gamma, const float *beta, float *y);
/// sums = [Σ dy' (c) | Σ dy'·x̂ (c)], dy' = dy at the winner where the output is > 0, else 0.
void ck_norm_relu_pool2_sums(size_t n, size_t h, size_t w, size_t c, const float *x,
                             const float *stats, const float *gamma, const float *beta,
                             const float *dy, float *sums);
/// dx = gamma·inverse·(dy' − sums0/rows − x̂·sums1/rows), rows = n·h·w, everywhere in [n, h, w, c].
void ck_norm_relu_pool2_backward(size_t n, size_t h, size_t w, size_t c, const float *x,
                                 const float *stats, const float *gamma, const float *beta,
                                 const float *dy, const float *sums, float *dx);

// For the derivatives of the two before: D is dy at the winner where the output is > 0, else 0; u is
// a tensor like x.
/// sums = [Σ u (c) | Σ u·x̂ (c) | Σ u·D (c)].
void ck_norm_relu_pool2_products(size_t n, size_t h, size_t w, size_t c, const float *x,
                                 const float *stats, const float *gamma, const float *beta,
                                 const float *dy, const float *u, float *sums);
/// y = k0·u + k1·D + k2·x̂ + k3 everywhere in [n, h, w, c], by channel; u = 0 if NULL.
void ck_norm_relu_pool2_spread(size_t n, size_t h, size_t w, size_t c, const float *x,
                               const float *stats, const float *gamma, const float *beta,
                               const float *dy, const float *coefficients /* [4, c] */,
                               const float *u, float *y);
/// y = k0·u + k1 + k2·x̂ at the winner where the output is > 0, else 0; u = 0 if NULL.
void ck_norm_relu_pool2_collect(size_t n, size_t h, size_t w, size_t c, const float *x,
                                const float *stats, const float *gamma, const float *beta,
                                const float *coefficients /* [3, c] */, const float *u, float *y);

/// to[r·to_row + j] = from[r·from_row + j] for r < rows, j < count.
void ck_copy_rows(size_t rows, size_t count, const float *from, size_t from_row, float *to,
                  size_t to_row);

// Reductions over a [outer, axis, inner] view.
void ck_sum(size_t outer, size_t axis, size_t inner, const float *x, float *y);
void ck_max(size_t outer, size_t axis, size_t inner, const float *x, float *y);
/// First position of the maximum, as a float.
void ck_argmax(size_t outer, size_t axis, size_t inner, const float *x, float *y);

// Fused elementwise programs. Registers are blocks of values that stay in the first-level cache;
// the first `inputs` registers are loaded, then the instructions run in order.
typedef enum {
    CK_CONSTANT,  // dst = immediate
    CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_MAXIMUM, CK_MINIMUM,
    CK_GREATER,          // 1 where a > b, else 0
    CK_GREATER_EQUAL, CK_EQUAL,
    CK_NEGATE, CK_EXP, CK_LOG, CK_SQRT, CK_RECIPROCAL, CK_RSQRT, CK_SQUARE, CK_ABS, CK_SIGN,
    CK_TANH, CK_SIGMOID, CK_RELU, CK_STEP,  // step: 1 where a > 0, else 0
    CK_SIN, CK_COS,
    CK_POWER_IMMEDIATE,  // a to the power of immediate (a ≥ 0)
    CK_ADD_IMMEDIATE, CK_MULTIPLY_IMMEDIATE,
    CK_SELECT,           // dst = a > 0.5 ? b : c
    // CK_MAXIMUM, CK_MINIMUM and CK_RELU let NaN through; comparisons with NaN give 0.
} ck_opcode;

typedef struct {
    uint8_t opcode, dst, a, b, c;
    float immediate;
} ck_instruction;

typedef enum {
    CK_FULL,    // rows × cols values
    CK_SCALAR,  // one value
    CK_ROW,     // cols values, the same for every row
    CK_COLUMN,  // rows values, one per row
} ck_extent;

typedef struct {
    const float *data;
    int32_t extent;  // a ck_extent
} ck_operand;

enum { CK_MAX_REGISTERS = 24, CK_MAX_INPUTS = 16, CK_MAX_OUTPUTS = 8 };

/// Runs the program over rows × cols elements. outputs[i] receives register output_registers[i] and
/// may be the same buffer as a CK_FULL input of the same extent.
void ck_elementwise(const ck_instruction *program, int32_t instructions, const ck_operand *inputs,
                    int32_t input_count, float *const *outputs, const uint8_t *output_registers,
                    int32_t output_count, size_t rows, size_t cols);

// Optimizer steps over whole parameter blocks. `result` may be `parameter`.
void ck_sgd(size_t n, const float *parameter, const float *gradient, float rate, float *result);
/// Adam (Kingma & Ba, 2015, algorithm 1): g = gradient + weight_decay·p; m = β1·m + (1−β1)·g;
/// v = β2·v + (1−β2)·g²; p −= rate · (m/correction1) / (√(v/correction2) + epsilon), with
/// correction = 1 − βᵗ at step t.
void ck_adam(size_t n, float *parameter, float *first, float *second, const float *gradient,
             float rate, float beta1, float beta2, float epsilon, float correction1,
             float correction2, float weight_decay);

/// Which version of the kernels the loader picked: "x86-64-v4" (AVX-512), "x86-64-v3" (AVX2),
/// "x86-64" or another processor's.
const char *ck_clone(void);
