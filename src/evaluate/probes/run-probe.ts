import { buildClassifier } from '../../classify/classifier.ts';
import { fillTemplate } from '../../classify/templates.ts';
import type { Clip } from '../../clip.ts';
import { type EmbedOptions, embedImages } from '../../embed.ts';
import type { Probe } from './probe.ts';

/** Embeds a probe's captions and pictures and lets it measure. */
export async function runProbe<Result>(clip: Clip, probe: Probe<Result>, options: EmbedOptions): Promise<Result> {
  const directions = await captionDirections(clip, probe, options.signal);
  const rows = await embedImages(clip, probe.draw(), options);
  return probe.measure(rows, (caption) => {
    const direction = directions.get(caption);
    if (direction) return direction;
    throw new RangeError(`Cannot probe: the caption '${caption}' was not announced in 'captions'`);
  });
}

/** One unit vector per caption. What the context does not hold is cut: see `cutCaptions`. */
async function captionDirections(
  clip: Clip,
  { captions, templates }: Probe<unknown>,
  signal: AbortSignal | undefined,
): Promise<Map<string, Float32Array>> {
  if (captions.length === 0) return new Map();
  const classNames = [...new Set(captions)];
  const options = { templates, truncate: true, ...(signal && { signal }) };
  const { weights } = await buildClassifier(clip, classNames, options);
  return new Map(classNames.map((caption, index) => [caption, weights[index] as Float32Array]));
}

/** The probe's captions that are longer than the model's context in one of their templates. */
export function cutCaptions(clip: Clip, { captions, templates }: Probe<unknown>): string[] {
  const contextLength = clip.config.text?.contextLength ?? 0;
  const isCut = (caption: string) =>
    templates.some((template) => clip.tokenizer.encode(fillTemplate(template, caption)).length + 2 > contextLength);
  return [...new Set(captions)].filter(isCut);
}
