import assert from 'node:assert/strict';

/** Fails with what a reader needs: how far, where, and the first five pairs. */
export function assertClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  assert.equal(actual.length, expected.length, `${what}: ${actual.length} values, expected ${expected.length}`);
  let worst = -1;
  let where = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(difference <= worst)) {
      worst = difference; // NaN too
      where = i;
    }
  }
  if (worst <= tolerance) return;
  const pairs = Array.from({ length: Math.min(5, expected.length) }, (_, i) => `${actual[i]} for ${expected[i]}`);
  assert.fail(`${what}: differs by ${worst} at ${where} (allowed ${tolerance}); begins with ${pairs.join(', ')}`);
}

/** Each row points where the expected one does. */
export function assertSameDirection(what: string, actual: Float32Array, expected: Float32Array, width: number): void {
  for (let row = 0; row * width < expected.length; row++) {
    const one = actual.subarray(row * width, (row + 1) * width);
    const other = expected.subarray(row * width, (row + 1) * width);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
    const cosine = dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
    assert.ok(cosine >= 0.999999, `${what}: row ${row} has cosine ${cosine}`);
  }
}

/** The greatest absolute value, to judge errors by. */
export function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
