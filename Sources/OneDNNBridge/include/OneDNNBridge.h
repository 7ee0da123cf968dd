// What Apogee asks of oneDNN, the same for versions 2 and 3.
//
// The two versions describe memory and operations differently; Version2.c and Version3.c hold the
// difference, and the version of the headers chooses between them. No type of oneDNN's is public
// here, so nothing above can depend on one.
//
// Data is NHWC and weights are HWIO, both float. A handle is never changed once it is made, and may
// be used from several threads at once.
#ifndef APOGEE_ONEDNN_BRIDGE_H
#define APOGEE_ONEDNN_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The outcome of a call: 0, or oneDNN's status and the function that returned it.
typedef struct dn_status {
    const char *call;
    int32_t code;
} dn_status;

// Codes beyond oneDNN's own.
enum {
    // The library that is loaded is of another major version than the headers of the build.
    DN_OTHER_VERSION = 1000,
};

typedef struct dn_version {
    int32_t major, minor, patch;
} dn_version;

// Of the headers that this program was built with, and of the library that is loaded.
dn_version dn_header_version(void);
dn_version dn_library_version(void);

// The widest instruction set that oneDNN will use, as "avx512_core"; "portable" where it has code
// for none.
const char *dn_instruction_set(void);
// Whether that is AVX-512 or wider.
bool dn_is_wide(void);

typedef struct dn_engine dn_engine;
dn_status dn_engine_create(dn_engine **engine);
void dn_engine_destroy(dn_engine *engine);

// A thread's own. Making one holds oneDNN to one thread of OpenMP whenever this thread calls it, so
// that tasks on several threads do not fight for the cores.
typedef struct dn_stream dn_stream;
dn_status dn_stream_create(const dn_engine *engine, dn_stream **stream);
void dn_stream_destroy(dn_stream *stream);

typedef enum dn_pass { DN_FORWARD, DN_BACKWARD_DATA, DN_BACKWARD_WEIGHTS } dn_pass;

// How the images are described to oneDNN. With 16 channels both are the same bytes.
typedef enum dn_layout { DN_NHWC, DN_BLOCKED_16 } dn_layout;

typedef struct dn_convolution_shape {
    int32_t batch, height, width, channels;
    int32_t output_height, output_width, outputs;
    int32_t window_height, window_width, stride, dilation, padding_height, padding_width, groups;
    dn_pass pass;
    dn_layout layout;
    // Forward only.
    bool bias;
} dn_convolution_shape;

// One pass of a convolution, with the reorder of its weights into the layout that oneDNN wants.
typedef struct dn_convolution dn_convolution;
dn_status dn_convolution_create(
    const dn_engine *engine, const dn_convolution_shape *shape, dn_convolution **convolution);
void dn_convolution_destroy(dn_convolution *convolution);
// oneDNN's name of the implementation, as "brgconv:avx512_core".
const char *dn_convolution_implementation(const dn_convolution *convolution);
// Bytes that a run needs beside its arguments, aligned to 64.
size_t dn_convolution_scratch(const dn_convolution *convolution);
// first, second, output: x, weights, y; or dy, weights, dx; or x, dy, dweights. The bias may be NULL
// unless the shape has one.
dn_status dn_convolution_run(
    const dn_convolution *convolution, const dn_stream *stream, const float *first,
    const float *second, const float *bias, float *output, void *scratch);

// c = a · b over row-major matrices, c of rows × columns.
dn_status dn_multiply(
    int64_t rows, int64_t columns, int64_t inner, const float *a, bool transpose_a, const float *b,
    bool transpose_b, float *c);

#endif
