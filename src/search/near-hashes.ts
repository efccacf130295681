import type { DisjointSets } from './disjoint-sets.ts';

/** Numbers of 32 bits that a hash has. */
const words = 4;
/** Parts that a hash is cut into, of 16 bits each: two hashes that differ in fewer bits than that have an equal part. */
const parts = 8;

/**
 * Joins all pairs of 128-bit hashes that differ in at most `distance` bits and that `confirm` takes for the same: multi-index hashing
 * (Norouzi, Punjani and Fleet 2012, section 3). Exact: with fewer different bits than parts, one part is equal, so only hashes with
 * an equal part are compared. Where most hashes are alike (blank pictures) every pair is.
 * @param hashes [count, 4]
 * @param distance different bits, 0 to 7
 * @throws RangeError on a distance that it would miss pairs at
 */
export function joinNearHashes(
  hashes: Uint32Array,
  distance: number,
  confirm: (row: number, other: number) => boolean,
  sets: DisjointSets,
): void {
  if (!(Number.isInteger(distance) && distance >= 0 && distance < parts))
    throw new RangeError(`Cannot compare hashes: expected a distance from 0 to ${parts - 1} bits but got ${distance}`);
  const count = hashes.length / words;
  for (let part = 0; part < parts; part++) {
    const keys = Uint16Array.from({ length: count }, (_, row) => partOf(hashes, row, part));
    const { order, ends } = byKey(keys);
    let start = 0;
    for (const end of ends) {
      for (let first = start; first < end; first++)
        for (let second = first + 1; second < end; second++) {
          const [row, other] = [order[first] as number, order[second] as number];
          if (differentBits(hashes, row, other) > distance || sets.find(row) === sets.find(other)) continue;
          if (confirm(row, other)) sets.join(row, other);
        }
      start = end;
    }
  }
}

/** Bits of a diagonal of each half's 8 x 8: one of every row and column, for whole rows are flat in many pictures. */
function partOf(hashes: Uint32Array, row: number, part: number): number {
  let key = 0;
  for (let y = 0; y < 8; y++) {
    const place = 8 * y + ((part + y) % 8);
    for (const half of [0, 2]) {
      const word = hashes[row * words + half + (place >> 5)] as number;
      key = (key << 1) | ((word >>> (place % 32)) & 1);
    }
  }
  return key;
}

/** Rows sorted by their key, and where the rows of each key end (counting sort). */
function byKey(keys: Uint16Array): { order: Uint32Array; ends: Uint32Array } {
  const next = new Uint32Array(2 ** 16);
  for (const key of keys) next[key]!++;
  let sum = 0;
  for (const [key, count] of next.entries()) {
    next[key] = sum;
    sum += count;
  }
  const order = new Uint32Array(keys.length);
  for (const [row, key] of keys.entries()) order[next[key]!++] = row;
  return { order, ends: next };
}

function differentBits(hashes: Uint32Array, row: number, other: number): number {
  let count = 0;
  for (let word = 0; word < words; word++)
    count += ones((hashes[row * words + word] as number) ^ (hashes[other * words + word] as number));
  return count;
}

/** How many bits of 32 are 1, summed side by side (Warren, Hacker's Delight, section 5-1). */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
