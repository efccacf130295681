// The kernels for WebAssembly, over the memory of tfjs's own module.
#include "attend.h"
#include "transformer.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT void clipLayerNorm(const float* x, const float* gain, const float* bias, float* y, size_t rows, size_t width,
                          float epsilon) {
  layerNorm(x, gain, bias, y, rows, width, epsilon);
}

EXPORT void clipBiasQuickGelu(const float* x, const float* bias, float* y, size_t rows, size_t width) {
  biasQuickGelu(x, bias, y, rows, width);
}

EXPORT void clipBiasGelu(const float* x, const float* bias, float* y, size_t rows, size_t width) {
  biasGelu(x, bias, y, rows, width);
}

EXPORT void clipBiasResidual(const float* x, const float* bias, const float* residual, float* y, size_t rows,
                             size_t width) {
  biasResidual(x, bias, residual, y, rows, width);
}

EXPORT size_t clipAttendScratch(size_t seq, size_t headDim) { return attendScratch(seq, headDim); }

EXPORT void clipAttend(const float* qkv, const float* bias, const float* mask, float* y, size_t batch, size_t seq,
                       size_t heads, size_t headDim, float* scratch) {
  const size_t width = heads * headDim;
  for (size_t item = 0; item < batch; item++)
    for (size_t head = 0; head < heads; head++)
      attend(qkv + item * seq * 3 * width, bias, mask, y + item * seq * width, seq, heads, headDim, head, scratch);
}
