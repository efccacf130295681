// Vectors as wide as the machine has them, by the compiler's vector extension.
#pragma once
#include <stddef.h>

namespace {

#if defined(__AVX512F__)
constexpr size_t lanes = 16;
#elif defined(__AVX__)
constexpr size_t lanes = 8;
#else
constexpr size_t lanes = 4;
#endif

typedef float Floats __attribute__((vector_size(lanes * sizeof(float)), aligned(4), may_alias));
typedef int Ints __attribute__((vector_size(lanes * sizeof(int)), aligned(4), may_alias));

inline Floats load(const float* x) { return *(const Floats*)x; }
inline void store(float* y, Floats values) { *(Floats*)y = values; }

// The first `count` lanes; the others are `rest` and are not stored.
inline Floats load(const float* x, size_t count, float rest = 0) {
  if (count == lanes) return load(x);
  Floats values = Floats{} + rest;
  for (size_t i = 0; i < count; i++) values[i] = x[i];
  return values;
}
inline void store(float* y, Floats values, size_t count) {
  if (count == lanes) return store(y, values);
  for (size_t i = 0; i < count; i++) y[i] = values[i];
}

// Calls f(offset, count) for each vector of a row; the last may have fewer values than lanes.
template <typename F>
inline void forVectors(size_t width, F f) {
  size_t i = 0;
  for (; i + lanes <= width; i += lanes) f(i, lanes);
  if (i < width) f(i, width - i);
}

inline Floats choose(Ints mask, Floats yes, Floats no) { return (Floats)((mask & (Ints)yes) | (~mask & (Ints)no)); }
inline Floats lesser(Floats a, Floats b) { return choose(a < b, a, b); }
inline Floats greater(Floats a, Floats b) { return choose(a > b, a, b); }

inline float sum(Floats x) {
  float total = 0;
  for (size_t i = 0; i < lanes; i++) total += x[i];
  return total;
}

inline float highest(Floats x) {
  float most = x[0];
  for (size_t i = 1; i < lanes; i++) most = x[i] > most ? x[i] : most;
  return most;
}

// e^x within 2 units in the last place, for x in [-87, 88]: x = n ln 2 + r, and a polynomial in r (Cephes, expf). NaN stays
// NaN: a comparison with it is false, and x the second choice.
inline Floats exponential(Floats x) {
  x = lesser(Floats{} + 88.0f, greater(Floats{} - 87.0f, x));
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding and subtracting it rounds to an integer
  const Floats n = (x * 1.44269504088896341f + magic) - magic;
  const Floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * (Floats)((__builtin_convertvector(n, Ints) + 127) << 23);
}

}  // namespace
