// Optimizer steps over parameter blocks: one pass each. The result may be the parameter itself.

#include "lanes.h"

CK_CLONES
void ck_sgd(size_t n, const float *parameter, const float *gradient, float rate, float *result) {
#pragma clang loop vectorize(assume_safety)
    for (size_t i = 0; i < n; i++) result[i] = parameter[i] - rate * gradient[i];
}

CK_CLONES
void ck_adam(size_t n, float *parameter, float *first, float *second, const float *gradient,
             float rate, float beta1, float beta2, float epsilon, float correction1,
             float correction2, float weight_decay) {
    const float unbias1 = 1 / correction1, unbias2 = 1 / correction2;
#pragma clang loop vectorize(assume_safety)
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] + weight_decay * parameter[i];
        const float m = beta1 * first[i] + (1 - beta1) * g;
        const float v = beta2 * second[i] + (1 - beta2) * (g * g);
        first[i] = m;
        second[i] = v;
        parameter[i] -= rate * (m * unbias1) / (__builtin_sqrtf(v * unbias2) + epsilon);
    }
}
