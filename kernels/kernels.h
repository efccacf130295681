// The kernels of one build; see transformer.h, attend.h, for the gradients *-backward.h, and adamw.h.
#pragma once
#include <stddef.h>

struct Kernels {
  void (*layerNorm)(const float* x, const float* gain, const float* bias, float* y, size_t rows, size_t width, float epsilon);
  void (*biasQuickGelu)(const float* x, const float* bias, float* y, size_t rows, size_t width);
  void (*biasGelu)(const float* x, const float* bias, float* y, size_t rows, size_t width);
  void (*biasResidual)(const float* x, const float* bias, const float* residual, float* y, size_t rows, size_t width);
  void (*attend)(const float* qkv, const float* bias, const float* mask, float* y, size_t seq, size_t heads, size_t headDim,
                 size_t head, float* scratch);
  size_t (*attendScratch)(size_t seq, size_t headDim);

  void (*layerNormBackward)(const float* x, const float* gain, const float* dy, float* dx, float* dGain, float* dBias,
                            size_t rows, size_t width, float epsilon);
  void (*biasQuickGeluBackward)(const float* x, const float* bias, const float* dy, float* y, float* dx, size_t rows,
                                size_t width);
  void (*biasGeluBackward)(const float* x, const float* bias, const float* dy, float* y, float* dx, size_t rows,
                           size_t width);
  void (*addRows)(const float* x, float* y, size_t rows, size_t width);
  void (*attendBackward)(const float* qkv, const float* bias, const float* mask, const float* dy, float* dqkv, size_t seq,
                         size_t heads, size_t headDim, size_t head, float* scratch);
  size_t (*attendBackwardScratch)(size_t seq, size_t headDim);

  void (*adamW)(const float* factors, const float* parameter, const float* gradient, const float* first,
                const float* second, float* newParameter, float* newFirst, float* newSecond, size_t count);
};
