// A step of the optimiser in one pass over memory: the twin of src/train/adamw-step.ts.
#pragma once
#include "vectors.h"

namespace {

inline Floats squareRoot(Floats x) {
#ifdef __wasm_simd128__
  return __builtin_wasm_sqrt_f32x4(x);
#else
  for (size_t i = 0; i < lanes; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

// newFirst = firstKept * first + gradientShare * gradient, newSecond likewise of its square,
// newParameter = kept * parameter - rate * newFirst / (sqrt(newSecond) + eps). All [count]; factors [7], in the order below.
void adamW(const float* factors, const float* parameter, const float* gradient, const float* first,
           const float* second, float* newParameter, float* newFirst, float* newSecond, size_t count) {
  const float kept = factors[0], firstKept = factors[1], gradientShare = factors[2], secondKept = factors[3];
  const float squareShare = factors[4], rate = factors[5], eps = factors[6];
  forVectors(count, [&](size_t i, size_t n) {
    const Floats g = load(gradient + i, n);
    const Floats mean = load(first + i, n) * firstKept + g * gradientShare;
    const Floats meanSquare = load(second + i, n) * secondKept + g * g * squareShare;
    store(newFirst + i, mean, n);
    store(newSecond + i, meanSquare, n);
    store(newParameter + i, load(parameter + i, n) * kept - mean * rate / (squareRoot(meanSquare) + eps), n);
  });
}

}  // namespace
