import type { Tokenizer } from '../../../tokenizer/tokenizer.ts';
import { drawText, idsOf } from '../../workers/prepare-sample.ts';
import type { SampleSource } from '../../workers/sample-source.ts';
import type { CaptionFeatures } from './caption-features.ts';
import type { PictureFeatures } from './picture-features.ts';

/** What the locked towers of a run give for its pairs, computed before the first step. */
export type LockedFeatures = { pictures?: PictureFeatures | undefined; captions?: CaptionFeatures | undefined };

/** A source that gives features where they are known; the rest is prepared as before, by the same draws. */
export function featureSource(
  source: SampleSource,
  { pictures, captions }: LockedFeatures,
  tokenizer: Tokenizer,
): SampleSource {
  if (!pictures && !captions) return source;
  return {
    ...source,
    prepare: async (task) => {
      const text = drawText(task);
      const row = captions?.get(text);
      const textEmbeds = row && { textEmbeds: row };
      if (!pictures) return { ...(await source.prepare(task)), ...textEmbeds };
      const imageEmbeds = pictures.get(task.image);
      if (!(imageEmbeds instanceof Float32Array)) throw imageEmbeds ?? new Error('its features are not there');
      return { imageEmbeds, ids: idsOf(text, tokenizer), ...textEmbeds };
    },
  };
}
