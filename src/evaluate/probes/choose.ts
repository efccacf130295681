import { dot } from '../../embed.ts';
import { argmax } from '../accuracy.ts';

/** Which direction is nearest to a picture; of equal ones the first. */
export function choose(row: Float32Array, directions: readonly Float32Array[]): number {
  return argmax(directions.map((direction) => dot(row, direction)));
}

/** The place of one direction among all by nearness to a picture, from 1; equal ones share their mean place. */
export function rankOf(row: Float32Array, directions: readonly Float32Array[], index: number): number {
  const cosines = directions.map((direction) => dot(row, direction));
  const own = cosines[index] as number;
  const nearer = cosines.filter((cosine) => cosine > own).length;
  const equal = cosines.filter((cosine) => cosine === own).length;
  return nearer + (equal + 1) / 2;
}
