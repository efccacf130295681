// Weighted sums of 8-bit pixels in fixed point for src/image/resample.ts, as WebAssembly with SIMD: a module of its own,
// with a memory of its own. Whole numbers, so the sums are those of the plain twin whatever their order.
#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

constexpr int precision = 22;  // bits behind the point
constexpr int half = 1 << (precision - 1);

// Four sums with their fraction cut off, as bytes from 0 to 255, each four times as narrow.
v128_t toBytes(v128_t a, v128_t b, v128_t c, v128_t d) {
  const v128_t low = wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(a, precision), wasm_i32x4_shr(b, precision));
  const v128_t high = wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(c, precision), wasm_i32x4_shr(d, precision));
  return wasm_u8x16_narrow_i16x8(low, high);
}

}  // namespace

// Red, green and blue: one pixel per column in each row. Windows are padded with zeros to `groups` times four pixels, each
// weight stands three times (per colour), and `starts` counts bytes. Reads 4 bytes behind x, writes 1 behind y.
EXPORT void weighColours(const uint8_t* x, size_t stride, uint8_t* y, size_t rows, size_t columns,
                         const uint32_t* starts, const int32_t* weights, size_t groups) {
  for (size_t row = 0; row < rows; row++, x += stride) {
    const int32_t* w = weights;
    for (size_t column = 0; column < columns; column++, y += 3) {
      const uint8_t* from = x + starts[column];
      // Twelve values are four pixels: r g b r | g b r g | b r g b.
      v128_t a = wasm_i32x4_make(half, half, half, 0), b = wasm_i32x4_splat(0), c = b;
      for (size_t group = 0; group < groups; group++, from += 12, w += 12) {
        const v128_t eight = wasm_u16x8_load8x8(from), four = wasm_u16x8_load8x8(from + 8);
        a = wasm_i32x4_add(a, wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(eight), wasm_v128_load(w)));
        b = wasm_i32x4_add(b, wasm_i32x4_mul(wasm_u32x4_extend_high_u16x8(eight), wasm_v128_load(w + 4)));
        c = wasm_i32x4_add(c, wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(four), wasm_v128_load(w + 8)));
      }
      const v128_t second = wasm_i32x4_shuffle(a, b, 3, 4, 5, 5), third = wasm_i32x4_shuffle(b, c, 2, 3, 4, 4),
                   fourth = wasm_i32x4_shuffle(c, c, 1, 2, 3, 3);
      const v128_t sums = wasm_i32x4_add(wasm_i32x4_add(a, second), wasm_i32x4_add(third, fourth));
      wasm_v128_store32_lane(y, toBytes(sums, sums, sums, sums), 0);
    }
  }
}

// One row of `stride` values from the rows at x. Reads and writes up to 15 bytes behind.
EXPORT void weighRow(const uint8_t* x, size_t stride, uint8_t* y, const int32_t* weights, size_t count) {
  for (size_t at = 0; at < stride; at += 16) {
    v128_t a = wasm_i32x4_splat(half), b = a, c = a, d = a;
    const uint8_t* from = x + at;
    for (size_t k = 0; k < count; k++, from += stride) {
      const v128_t weight = wasm_v128_load32_splat(weights + k), bytes = wasm_v128_load(from);
      const v128_t low = wasm_u16x8_extend_low_u8x16(bytes), high = wasm_u16x8_extend_high_u8x16(bytes);
      a = wasm_i32x4_add(a, wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(low), weight));
      b = wasm_i32x4_add(b, wasm_i32x4_mul(wasm_u32x4_extend_high_u16x8(low), weight));
      c = wasm_i32x4_add(c, wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(high), weight));
      d = wasm_i32x4_add(d, wasm_i32x4_mul(wasm_u32x4_extend_high_u16x8(high), weight));
    }
    wasm_v128_store(y + at, toBytes(a, b, c, d));
  }
}
