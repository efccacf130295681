/** What is said of pictures without a thing in them. */
export const nothingCaptions: readonly string[] = [
  'nothing',
  'noise',
  'random noise',
  'nothing at all',
  'a blank picture',
  'a pattern',
  'a texture',
  'no thing',
];

/** A picture that shows nothing: noise, fine or coarse, stripes, one colour or two that run into each other, or noise over that. */
export function drawNothing(uniform: () => number, to: Float32Array, size: number): void {
  const colour = () => [256 * uniform(), 256 * uniform(), 256 * uniform()];
  const [from, until] = [colour(), colour()];
  const kind = Math.floor(5 * uniform());
  const block = 1 + Math.floor(7 * uniform());
  const strength = kind === 0 ? 1 : kind === 1 ? 0.6 * uniform() : 0;
  const [down, across] = [2 * uniform() - 1, 2 * uniform() - 1];
  const isGrey = uniform() < 0.3;
  const blocks = Array.from({ length: size * size * 3 }, () => 256 * uniform());
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const cell = (Math.floor(y / block) * size + Math.floor(x / block)) * 3;
      const along = (down * y + across * x) / size;
      const mixed =
        kind === 2
          ? 0
          : kind === 3
            ? Number(Math.floor((along * size) / block) % 2 !== 0)
            : Math.min(1, Math.abs(along));
      for (let c = 0; c < 3; c++) {
        const ground = from[c]! + mixed * (until[c]! - from[c]!);
        const noise = blocks[isGrey ? cell : cell + c]!;
        to[(y * size + x) * 3 + c] = (1 - strength) * ground + strength * noise;
      }
    }
}
