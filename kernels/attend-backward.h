// The gradient of attend().
#pragma once
#include "attend.h"

namespace {

// Floats that attendBackward() needs for itself.
size_t attendBackwardScratch(size_t seq, size_t headDim) {
  const size_t rows = roundUp(seq, tileRows), keys = roundUp(seq, lanes), dims = roundUp(headDim, lanes);
  return 3 * rows * dims + 2 * headDim * keys + 2 * rows * keys + tileRows * dims;
}

// One head over one sequence, see attend(). dy [seq][heads * headDim]; of dqkv [seq][3 * heads * headDim] this head's
// columns are written. Per head, with S = Q Kᵀ (Q scaled) + mask, P = softmax(S) and Y = P V, computed once more:
//   dV = Pᵀ dY,  dP = dY Vᵀ,  dS = P ∘ (dP - the row's sum of P ∘ dP),  dQ = dS K,  dK = dSᵀ Q.
void attendBackward(const float* qkv, const float* bias, const float* mask, const float* dy, float* dqkv, size_t seq,
                    size_t heads, size_t headDim, size_t head, float* scratch) {
  const size_t width = heads * headDim, begin = head * headDim;
  const size_t rows = roundUp(seq, tileRows), keys = roundUp(seq, lanes), dims = roundUp(headDim, lanes);
  float* q = scratch;                   // [rows][dims], scaled
  float* k = q + rows * dims;           // [rows][dims]
  float* dMixed = k + rows * dims;      // [rows][dims]
  float* kT = dMixed + rows * dims;     // [headDim][keys]
  float* vT = kT + headDim * keys;      // [headDim][keys]
  float* probs = vT + headDim * keys;   // [rows][keys]
  float* dScores = probs + rows * keys; // [rows][keys]
  float* result = dScores + rows * keys; // [tileRows][dims]
  for (size_t i = 0; i < (size_t)(probs - scratch); i++) scratch[i] = 0;

  const float scale = 1.0f / __builtin_sqrtf((float)headDim);
  const float *biasQ = bias + begin, *biasK = biasQ + width, *biasV = biasK + width;
  for (size_t i = 0; i < seq; i++) {
    const float* rowQ = qkv + i * 3 * width + begin;
    const float *rowK = rowQ + width, *rowV = rowK + width, *rowY = dy + i * width + begin;
    for (size_t d = 0; d < headDim; d++) q[i * dims + d] = (rowQ[d] + biasQ[d]) * scale;
    for (size_t d = 0; d < headDim; d++) k[i * dims + d] = kT[d * keys + i] = rowK[d] + biasK[d];
    for (size_t d = 0; d < headDim; d++) vT[d * keys + i] = rowV[d] + biasV[d];
    for (size_t d = 0; d < headDim; d++) dMixed[i * dims + d] = rowY[d];
  }
  const auto write = [&](size_t third, size_t first, float factor) {
    for (size_t i = 0; i < tileRows && first + i < seq; i++) {
      float* row = dqkv + (first + i) * 3 * width + third * width + begin;
      for (size_t d = 0; d < headDim; d++) row[d] = result[i * dims + d] * factor;
    }
  };

  for (size_t first = 0; first < seq; first += tileRows) {
    float* p = probs + first * keys;
    float* dS = dScores + first * keys;
    multiplyRows({q + first * dims, dims, 1}, kT, keys, p, keys, headDim, keys);
    multiplyRows({dMixed + first * dims, dims, 1}, vT, keys, dS, keys, headDim, keys);  // dP
    for (size_t i = 0; i < tileRows; i++, p += keys, dS += keys) {
      if (mask && first + i < seq)
        for (size_t j = 0; j < seq; j++) p[j] += mask[(first + i) * seq + j];
      const float share = 1.0f / softmaxNumerators(p, seq, keys);
      Floats products{};
      for (size_t j = 0; j < keys; j += lanes) {
        const Floats normed = load(p + j) * share;
        store(p + j, normed);
        products += normed * load(dS + j);
      }
      const float total = sum(products);
      for (size_t j = 0; j < keys; j += lanes) store(dS + j, load(p + j) * (load(dS + j) - total));
    }
    multiplyRows({dScores + first * keys, keys, 1}, k, dims, result, dims, seq, dims);
    write(0, first, scale);
  }
  for (size_t first = 0; first < seq; first += tileRows) {
    multiplyRows({dScores + first, 1, keys}, q, dims, result, dims, seq, dims);
    write(1, first, 1);
    multiplyRows({probs + first, 1, keys}, dMixed, dims, result, dims, seq, dims);
    write(2, first, 1);
  }
}

}  // namespace
