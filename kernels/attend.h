// Multi-head self-attention between its projections: the twin of src/nn/attention.ts.
#pragma once
#include "tiles.h"

namespace {

// Turns scores into the numerators of their softmax, e^(score - highest), and returns their sum. 0 from `count` on.
float softmaxNumerators(float* scores, size_t count, size_t padded) {
  for (size_t i = count; i < padded; i++) scores[i] = -1e30f;
  Floats most = load(scores);
  for (size_t i = lanes; i < padded; i += lanes) most = greater(most, load(scores + i));
  const float top = highest(most);
  Floats total{};
  for (size_t i = 0; i < padded; i += lanes) {
    const Floats numerators = exponential(load(scores + i) - top);
    store(scores + i, numerators);
    total += numerators;
  }
  for (size_t i = count; i < padded; i++) scores[i] = 0;
  return sum(total);
}

// Floats that attend() needs for itself.
size_t attendScratch(size_t seq, size_t headDim) {
  const size_t queries = roundUp(seq, tileRows), keys = roundUp(seq, lanes), dims = roundUp(headDim, lanes);
  return queries * headDim + headDim * keys + seq * dims + tileRows * (keys + dims);
}

// One head over one sequence. qkv [seq][3 * heads * headDim]: the projections of all heads side by side, to which bias is
// still to be added. mask [seq][seq] is added to the scores, or null. y [seq][heads * headDim]: this head's columns are
// written.
void attend(const float* qkv, const float* bias, const float* mask, float* y, size_t seq, size_t heads, size_t headDim,
            size_t head, float* scratch) {
  const size_t width = heads * headDim, begin = head * headDim;
  const size_t queries = roundUp(seq, tileRows), keys = roundUp(seq, lanes), dims = roundUp(headDim, lanes);
  float* q = scratch;                       // [queries][headDim], scaled
  float* k = q + queries * headDim;         // [headDim][keys], transposed
  float* v = k + headDim * keys;            // [seq][dims]
  float* scores = v + seq * dims;           // [tileRows][keys]
  float* mixed = scores + tileRows * keys;  // [tileRows][dims]
  for (size_t i = 0; i < (size_t)(scores - scratch); i++) scratch[i] = 0;

  const float scale = 1.0f / __builtin_sqrtf((float)headDim);
  const float *biasQ = bias + begin, *biasK = biasQ + width, *biasV = biasK + width;
  for (size_t i = 0; i < seq; i++) {
    const float* rowQ = qkv + i * 3 * width + begin;
    const float *rowK = rowQ + width, *rowV = rowK + width;
    for (size_t d = 0; d < headDim; d++) q[i * headDim + d] = (rowQ[d] + biasQ[d]) * scale;
    for (size_t d = 0; d < headDim; d++) k[d * keys + i] = rowK[d] + biasK[d];
    for (size_t d = 0; d < headDim; d++) v[i * dims + d] = rowV[d] + biasV[d];
  }

  for (size_t first = 0; first < seq; first += tileRows) {
    multiplyRows({q + first * headDim, headDim, 1}, k, keys, scores, keys, headDim, keys);
    float sums[tileRows];
    for (size_t i = 0; i < tileRows; i++) {
      float* row = scores + i * keys;
      if (mask && first + i < seq)
        for (size_t j = 0; j < seq; j++) row[j] += mask[(first + i) * seq + j];
      sums[i] = softmaxNumerators(row, seq, keys);
    }
    multiplyRows({scores, keys, 1}, v, dims, mixed, dims, seq, dims);
    for (size_t i = 0; i < tileRows && first + i < seq; i++)
      for (size_t d = 0; d < headDim; d++) y[(first + i) * width + begin + d] = mixed[i * dims + d] * (1.0f / sums[i]);
  }
}

}  // namespace
