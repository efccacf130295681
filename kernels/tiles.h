// Matrix products of a few rows: a tile of the result is computed in registers. Matrices are float32, row by row.
#pragma once
#include "vectors.h"

namespace {

// A tile has 4 rows by 2 vectors, by 4 where there are 32 registers.
constexpr size_t tileRows = 4;
constexpr size_t tileVectors = lanes == 16 ? 4 : 2;

size_t roundUp(size_t value, size_t step) { return (value + step - 1) / step * step; }

// A matrix whose next row, and next column, is so many floats away: { x, width, 1 }, or transposed { x, 1, width }.
struct Strided {
  const float* data;
  size_t row, column;
};

// y [tileRows][vectors * lanes] = a [tileRows][depth] times b [depth][vectors * lanes], or y + that.
template <size_t vectors, bool adds>
inline void tile(Strided a, const float* b, size_t bRow, float* y, size_t yRow, size_t depth) {
  Floats total[tileRows][vectors];
  for (size_t i = 0; i < tileRows; i++)
    for (size_t j = 0; j < vectors; j++) total[i][j] = adds ? load(y + i * yRow + j * lanes) : Floats{};
  for (size_t k = 0; k < depth; k++, b += bRow) {
#pragma GCC unroll 4
    for (size_t j = 0; j < vectors; j++) {
      const Floats right = load(b + j * lanes);
#pragma GCC unroll 4
      for (size_t i = 0; i < tileRows; i++) total[i][j] += a.data[i * a.row + k * a.column] * right;
    }
  }
  for (size_t i = 0; i < tileRows; i++)
    for (size_t j = 0; j < vectors; j++) store(y + i * yRow + j * lanes, total[i][j]);
}

// y [tileRows][columns] = a [tileRows][depth] times b [depth][columns], or y + that. Columns fill whole vectors.
template <bool adds = false>
inline void multiplyRows(Strided a, const float* b, size_t bRow, float* y, size_t yRow, size_t depth, size_t columns) {
  size_t j = 0;
  for (; j + tileVectors * lanes <= columns; j += tileVectors * lanes)
    tile<tileVectors, adds>(a, b + j, bRow, y + j, yRow, depth);
  if (tileVectors > 2 && j + 2 * lanes <= columns) {
    tile<2, adds>(a, b + j, bRow, y + j, yRow, depth);
    j += 2 * lanes;
  }
  if (j < columns) tile<1, adds>(a, b + j, bRow, y + j, yRow, depth);
}

}  // namespace
