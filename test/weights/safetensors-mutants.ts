/** Seeded pseudo-random integers: `random(n)` is in 0 .. n - 1 (mulberry32). */
export type Random = (n: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** Copies of `bytes` with one to three bytes changed, inserted or removed, or the end cut off. */
export function* byteMutants(bytes: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const random = randomFrom(seed);
  for (let i = 0; i < count; i++) {
    let mutant = [...bytes];
    for (let edits = 1 + random(3); edits > 0; edits--) mutant = mutateBytes(mutant, random);
    yield Uint8Array.from(mutant);
  }
}

function mutateBytes(bytes: number[], random: Random): number[] {
  const at = random(bytes.length);
  const interesting = [...'0123456789-.eE"\\{}[],: \n'].map((character) => character.charCodeAt(0));
  const byte = random(2) ? random(256) : interesting[random(interesting.length)]!;
  const kind = random(8);
  if (kind === 0 || bytes.length === 0) return bytes.toSpliced(at, 0, byte);
  if (kind === 1) return bytes.toSpliced(at, 1);
  if (kind === 2) return bytes.slice(0, at);
  return bytes.with(at, kind < 5 ? bytes[at]! ^ (1 << random(8)) : byte);
}

/** Runs `action` with console.warn put aside; resolves to the warnings. */
export async function silenced(action: () => Promise<void>): Promise<string[]> {
  const { warn } = console;
  const warnings: string[] = [];
  console.warn = (message: string) => warnings.push(message);
  try {
    await action();
  } finally {
    console.warn = warn;
  }
  return warnings;
}
