// The v2 C API of oneDNN: operation descriptors, primitive descriptors, primitives.
#include <dnnl.h>
