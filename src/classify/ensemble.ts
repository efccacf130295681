import type { Clip } from '../clip.ts';
import { type EmbedTextOptions, embedTexts } from '../embed.ts';
import { TextTooLongError } from '../errors.ts';
import { type FullClass, promptCount, promptsOf } from './class-prompts.ts';

/**
 * Prompts that are embedded before their classes are averaged. Enough that texts of one length come together in batches; so few
 * that eighty templates for a thousand classes never are in memory at once (2 MB of vectors at 512 dimensions).
 */
const promptsOfBlock = 1024;

/** Some classes, one after another, and the unit vectors of all their prompts, in the order of `promptsOf`. */
export type ClassBlock = { start: number; rows: Float32Array[][] };

/**
 * Embeds the prompts of classes, block by block.
 * `onProgress` counts prompts. A prompt that is too long is found before the first is embedded.
 * @throws TextTooLongError on a prompt that the context does not hold, unless `truncate`
 */
export async function* embedClasses(
  clip: Clip,
  classes: readonly FullClass[],
  templates: readonly string[],
  { onProgress, ...options }: EmbedTextOptions = {},
): AsyncGenerator<ClassBlock, void, undefined> {
  if (!options.truncate) refuseTooLong(clip, classes, templates);
  const counts = classes.map((entry) => promptCount(entry, templates));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let done = 0;
  for (let start = 0, end = 0; start < classes.length; start = end) {
    let size = 0;
    do size += counts[end++] as number;
    while (end < classes.length && size + (counts[end] as number) <= promptsOfBlock);
    const prompts = classes.slice(start, end).map((entry) => promptsOf(entry, templates));
    const before = done;
    const embedded = await embedTexts(clip, prompts.flat(), {
      ...options,
      onProgress: (count) => onProgress?.(before + count, total),
    });
    done += size;
    const rows: Float32Array[][] = [];
    let row = 0;
    for (const { length } of prompts) {
      rows.push(embedded.slice(row, row + length));
      row += length;
    }
    yield { start, rows };
  }
}

/** The sum of vectors [embedDim], in float64. */
export function sumOf(rows: readonly Float32Array[], embedDim: number): Float64Array {
  const sum = new Float64Array(embedDim);
  for (const row of rows) for (let i = 0; i < embedDim; i++) sum[i] = (sum[i] as number) + (row[i] as number);
  return sum;
}

/** A sum of unit vectors as the direction that it has: their mean, scaled to unit length. */
export function directionOf(sum: Float64Array): Float32Array {
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / length);
}

function refuseTooLong(clip: Clip, classes: readonly FullClass[], templates: readonly string[]): void {
  for (const entry of classes) {
    for (const prompt of promptsOf(entry, templates)) {
      const tokens = clip.tokenizer.encode(prompt).length + 2; // start and end
      const { contextLength } = clip.tokenizer;
      if (tokens <= contextLength) continue;
      throw new TextTooLongError(
        `Cannot embed '${prompt}' of class '${entry.name}': expected at most ${contextLength} tokens with start and end but got ${tokens}; ` +
          'shorten it, take another template, or let it be truncated',
        tokens,
        contextLength,
      );
    }
  }
}
