// The kernels for WebAssembly, over the memory of tfjs's own module.
#include "adamw.h"
#include "attend-backward.h"
#include "transformer-backward.h"
#include "transposed-product.h"

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

EXPORT void clipLayerNormBackward(const float* x, const float* gain, const float* dy, float* dx, float* dGain,
                                  float* dBias, size_t rows, size_t width, float epsilon) {
  for (size_t i = 0; i < width; i++) dGain[i] = dBias[i] = 0;
  layerNormBackward(x, gain, dy, dx, dGain, dBias, rows, width, epsilon);
}

EXPORT void clipBiasQuickGeluBackward(const float* x, const float* bias, const float* dy, float* y, float* dx,
                                      size_t rows, size_t width) {
  biasQuickGeluBackward(x, bias, dy, y, dx, rows, width);
}

EXPORT void clipBiasGeluBackward(const float* x, const float* bias, const float* dy, float* y, float* dx,
                                 size_t rows, size_t width) {
  biasGeluBackward(x, bias, dy, y, dx, rows, width);
}

EXPORT void clipSumRows(const float* x, float* y, size_t rows, size_t width) {
  for (size_t i = 0; i < width; i++) y[i] = 0;
  addRows(x, y, rows, width);
}

EXPORT size_t clipAttendBackwardScratch(size_t seq, size_t headDim) { return attendBackwardScratch(seq, headDim); }

EXPORT void clipAttendBackward(const float* qkv, const float* bias, const float* mask, const float* dy, float* dqkv,
                               size_t batch, size_t seq, size_t heads, size_t headDim, float* scratch) {
  const size_t width = heads * headDim;
  for (size_t item = 0; item < batch; item++)
    for (size_t head = 0; head < heads; head++)
      attendBackward(qkv + item * seq * 3 * width, bias, mask, dy + item * seq * width, dqkv + item * seq * 3 * width, seq,
                     heads, headDim, head, scratch);
}

EXPORT void clipTransposedProduct(const float* x, const float* dy, float* y, size_t rows, size_t inputs,
                                  size_t outputs) {
  transposedProduct(x, dy, y, rows, inputs, outputs);
}

EXPORT void clipAdamW(const float* factors, const float* parameter, const float* gradient, const float* first,
                      const float* second, float* newParameter, float* newFirst, float* newSecond, size_t count) {
  adamW(factors, parameter, gradient, first, second, newParameter, newFirst, newSecond, count);
}
