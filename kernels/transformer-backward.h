// The gradients of transformer.h, each in one pass over memory. `d` before a name is the loss's derivative by it.
#pragma once
#include "transformer.h"

namespace {

// The gradient of layerNorm(). x, dy, dx [rows][width]; gain [width]; to dGain and dBias [width] the rows' shares are added.
// With n = (x - mean) * scale and g = dy * gain: dx = scale * (g - mean of g - n * mean of g * n), as x also moves the mean
// and the scale of its row; dGain = dy * n, dBias = dy.
void layerNormBackward(const float* x, const float* gain, const float* dy, float* dx, float* dGain, float* dBias,
                       size_t rows, size_t width, float epsilon) {
  for (size_t row = 0; row < rows; row++, x += width, dy += width, dx += width) {
    const Moments moments = momentsOf(x, width, epsilon);
    Floats totalG{}, totalGN{};
    forVectors(width, [&](size_t i, size_t count) {
      const Floats n = (load(x + i, count) - moments.mean) * moments.scale, d = load(dy + i, count), g = d * load(gain + i, count);
      totalG += g;
      totalGN += g * n;
      store(dGain + i, load(dGain + i, count) + d * n, count);
      store(dBias + i, load(dBias + i, count) + d, count);
    });
    const float meanG = sum(totalG) / width, meanGN = sum(totalGN) / width;
    forVectors(width, [&](size_t i, size_t count) {
      const Floats n = (load(x + i, count) - moments.mean) * moments.scale, g = load(dy + i, count) * load(gain + i, count);
      store(dx + i, (g - meanG - n * meanGN) * moments.scale, count);
    });
  }
}

// An activation's value and slope at once: they share what costs most.
struct Curve {
  Floats value, slope;
};

// y = value(x + bias), dx = dy * slope(x + bias). x, y, dy, dx [rows][width]; bias [width].
template <typename F>
void biasThenBackward(F curve, const float* x, const float* bias, const float* dy, float* y, float* dx, size_t rows,
                      size_t width) {
  for (size_t row = 0; row < rows; row++, x += width, y += width, dy += width, dx += width)
    forVectors(width, [&](size_t i, size_t count) {
      const Curve at = curve(load(x + i, count) + load(bias + i, count));
      store(y + i, at.value, count);
      store(dx + i, load(dy + i, count) * at.slope, count);
    });
}

// biasQuickGelu() and its gradient: with s = quickGate(x), (x s)' = s + 1.702 x s (1 - s).
void biasQuickGeluBackward(const float* x, const float* bias, const float* dy, float* y, float* dx, size_t rows,
                           size_t width) {
  const auto curve = [](Floats x) {
    const Floats s = quickGate(x);
    return Curve{x * s, s + x * 1.702f * s * (1.0f - s)};
  };
  biasThenBackward(curve, x, bias, dy, y, dx, rows, width);
}

// biasGelu() and its gradient: the distribution function plus x times its density, e^(-x² / 2) / sqrt(2 pi).
void biasGeluBackward(const float* x, const float* bias, const float* dy, float* y, float* dx, size_t rows,
                      size_t width) {
  const auto curve = [](Floats x) {
    const Floats bell = exponential(x * x * -0.5f), distribution = normalDistribution(x, bell);
    return Curve{x * distribution, distribution + x * bell * 0.39894228040143268f};
  };
  biasThenBackward(curve, x, bias, dy, y, dx, rows, width);
}

// The gradient of a bias: y [width] + the sum of the rows of x [rows][width], in y.
void addRows(const float* x, float* y, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, x += width)
    forVectors(width, [&](size_t i, size_t count) { store(y + i, load(y + i, count) + load(x + i, count), count); });
}

}  // namespace
