import { uniformNumbers } from '../src/random.ts';

const words =
  'photo dog cat red blue small large old new house tree river mountain street car bicycle child woman man bird horse table chair window door garden flower sky cloud rain snow sun night city village boat bridge train station bread coffee apple orange green yellow bright dark quiet busy wooden metal glass happy running sitting standing looking holding wearing near under above behind beside'.split(
    ' ',
  );

/** Distinct captions of so many words, the same for a seed. */
export function makeCaptions(count: number, fewest: number, most: number, seed: number): string[] {
  const uniform = uniformNumbers(seed);
  const captions = new Set<string>();
  while (captions.size < count) {
    const length = fewest + Math.floor(uniform() * (most - fewest + 1));
    captions.add(Array.from({ length }, () => words[Math.floor(uniform() * words.length)]).join(' '));
  }
  return [...captions];
}
