import { createHash } from 'node:crypto';

/** Numbers strings from 0 in the order in which they first come; equal strings have one number. */
export type StringNumbers = { readonly size: number; numberOf: (text: string) => number };

/**
 * Without keeping the strings: 64 bits of each one's SHA-1 and its number, 24 to 48 bytes a string however long they are.
 * Two strings among ten million are taken for one with a chance of 3e-6 (the birthday bound, n² / 2^65).
 */
export function numberStrings(): StringNumbers {
  let slots = 2048; // a power of two, at most half of them taken
  let table = new Uint32Array(3 * slots); // high and low half of the hash, number + 1; 0 there: free
  let size = 0;
  /** Where the hash stands, or the free slot where it goes (Knuth, The Art of Computer Programming 3, 6.4, algorithm L). */
  const slotOf = (high: number, low: number) => {
    let slot = low & (slots - 1);
    while (table[3 * slot + 2] !== 0 && (table[3 * slot] !== high || table[3 * slot + 1] !== low))
      slot = (slot + 1) & (slots - 1);
    return slot;
  };
  const put = (high: number, low: number, mark: number) => table.set([high, low, mark], 3 * slotOf(high, low));
  const grow = () => {
    const old = table;
    slots *= 2;
    table = new Uint32Array(3 * slots);
    for (let at = 0; at < old.length; at += 3)
      if (old[at + 2] !== 0) put(old[at] as number, old[at + 1] as number, old[at + 2] as number);
  };
  return {
    get size() {
      return size;
    },
    numberOf: (text) => {
      const hash = createHash('sha1').update(text).digest();
      const [high, low] = [hash.readUInt32LE(0), hash.readUInt32LE(4)];
      const found = table[3 * slotOf(high, low) + 2] as number;
      if (found !== 0) return found - 1;
      if (2 * (size + 1) > slots) grow();
      put(high, low, ++size);
      return size - 1;
    },
  };
}
