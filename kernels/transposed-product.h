// The gradient of a linear layer's kernel, for WebAssembly: TensorFlow has it, and as fast.
#pragma once
#include "tiles.h"

namespace {

// Rows that are worked off at once, so that what is read again is still near.
constexpr size_t rowsAtOnce = 128;

// y [inputs][outputs] = xᵀ dy, of x [rows][inputs] and dy [rows][outputs]. Neither needs to be transposed: a tile of y is a
// sum over rows of four values of x by a few vectors of dy.
void transposedProduct(const float* x, const float* dy, float* y, size_t rows, size_t inputs, size_t outputs) {
  const size_t tiledInputs = inputs / tileRows * tileRows, tiledOutputs = outputs / lanes * lanes;
  for (size_t i = 0; i < inputs * outputs; i++) y[i] = 0;
  for (size_t first = 0; first < rows; first += rowsAtOnce) {
    const size_t depth = rows - first < rowsAtOnce ? rows - first : rowsAtOnce;
    const float *left = x + first * inputs, *right = dy + first * outputs;
    for (size_t i = 0; i < tiledInputs; i += tileRows)
      multiplyRows<true>({left + i, 1, inputs}, right, outputs, y + i * outputs, outputs, depth, tiledOutputs);
    for (size_t k = 0; k < depth; k++)  // what does not fill a tile
      for (size_t i = 0; i < inputs; i++)
        for (size_t j = i < tiledInputs ? tiledOutputs : 0; j < outputs; j++)
          y[i * outputs + j] += left[k * inputs + i] * right[k * outputs + j];
  }
}

}  // namespace
