import type { Place } from './report-types.ts';

/** Where in its split something was found: `line 12`; in a shard, by name: `000123.jpg of /data/0001.tar`. */
export function placeText({ line, place, image, bytes }: Place): string {
  if (place !== undefined) return place;
  return image !== undefined && bytes ? `${image.slice(bytes.file.length + 1)} of ${bytes.file}` : `line ${line}`;
}
