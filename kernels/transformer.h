// What a Transformer block does between its matrix products, each in one pass over memory: twins of src/nn. Matrices are
// float32, row by row.
#pragma once
#include "vectors.h"

namespace {

// What makes a row's mean 0 and its variance 1: (x - mean) * scale.
struct Moments {
  float mean, scale;
};

Moments momentsOf(const float* x, size_t width, float epsilon) {
  Floats total{};
  forVectors(width, [&](size_t i, size_t count) { total += load(x + i, count); });
  const float mean = sum(total) / width;
  Floats squares{};
  forVectors(width, [&](size_t i, size_t count) {
    const Floats centred = load(x + i, count, mean) - mean;  // 0 behind the row's end
    squares += centred * centred;
  });
  return {mean, 1.0f / __builtin_sqrtf(sum(squares) / width + epsilon)};
}

// y = (x - mean) / sqrt(variance + epsilon) * gain + bias, row by row. x, y [rows][width]; gain, bias [width].
void layerNorm(const float* x, const float* gain, const float* bias, float* y, size_t rows, size_t width, float epsilon) {
  for (size_t row = 0; row < rows; row++, x += width, y += width) {
    const Moments moments = momentsOf(x, width, epsilon);
    forVectors(width, [&](size_t i, size_t count) {
      store(y + i, (load(x + i, count) - moments.mean) * moments.scale * load(gain + i, count) + load(bias + i, count), count);
    });
  }
}

// y = activation(x + bias). x, y [rows][width]; bias [width].
template <typename F>
void biasThen(F activation, const float* x, const float* bias, float* y, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, x += width, y += width)
    forVectors(width, [&](size_t i, size_t count) {
      store(y + i, activation(load(x + i, count) + load(bias + i, count)), count);
    });
}

// The logistic function of 1.702 x.
inline Floats quickGate(Floats x) { return 1.0f / (exponential(x * -1.702f) + 1.0f); }

// QuickGELU of x + bias: x times quickGate(x).
void biasQuickGelu(const float* x, const float* bias, float* y, size_t rows, size_t width) {
  biasThen([](Floats x) { return x * quickGate(x); }, x, bias, y, rows, width);
}

// The normal distribution function, by the error function of Abramowitz and Stegun, 7.1.26, which tfjs has too.
// bell = e^(-x² / 2).
inline Floats normalDistribution(Floats x, Floats bell) {
  const Floats z = x * 0.70710678118654752f;
  const Floats t = 1.0f / (greater(z, -z) * 0.3275911f + 1.0f);
  Floats p = t * 1.061405429f - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const Floats erf = 1.0f - p * t * bell;
  return (choose(z < 0.0f, -erf, erf) + 1.0f) * 0.5f;
}

// GELU of x + bias: x times the normal distribution function.
void biasGelu(const float* x, const float* bias, float* y, size_t rows, size_t width) {
  biasThen([](Floats x) { return x * normalDistribution(x, exponential(x * x * -0.5f)); }, x, bias, y, rows, width);
}

// y = residual + (x + bias). x, residual, y [rows][width]; bias [width].
void biasResidual(const float* x, const float* bias, const float* residual, float* y, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, x += width, y += width, residual += width)
    forVectors(width, [&](size_t i, size_t count) {
      store(y + i, load(residual + i, count) + (load(x + i, count) + load(bias + i, count)), count);
    });
}

}  // namespace
