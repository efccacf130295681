import { megabytes } from '../native/report.ts';

/** 605143284 as `605 MB`, 4186 as `5 kB`. */
export function byteSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : megabytes(bytes);
}
