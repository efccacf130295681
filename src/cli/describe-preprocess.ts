import type { PreprocessConfig } from '../config.ts';

/** What happens to a picture, in a line. */
export function describePreprocess({ size, interpolation, resizeMode, order, background }: PreprocessConfig): string {
  const resize = {
    shortest: `shorter side to ${size}, middle ${size} x ${size} cut out`,
    longest: `longer side to ${size}, padded`,
    squash: `squashed to ${size} x ${size}`,
  }[resizeMode];
  return `${resize}, ${interpolation}, order of ${order}${background ? `, on background ${background.join(', ')}` : ''}`;
}
