import {
  buildClassifier,
  classify,
  embedImages,
  embedTexts,
  type Image,
  type ImageMode,
  loadClip,
  similarities,
} from '../../src/index.ts';
import type { Result } from '../parity/run-case.ts';
import { compareNumbers, fetchGolden } from './run-model.ts';

/** A decoded picture as JSON: browsers' own decoders do not keep a picture's mode. */
export type PlainImage = { width: number; height: number; mode: ImageMode; data: number[]; palette?: number[] };

const tolerance = 1e-4;

/** Pictures and texts through the whole library: preprocessing, both towers, similarities, classification. */
export async function runPipeline(goldens: URL): Promise<Result[]> {
  const address = (name: string) => new URL(`pipeline/${name}`, goldens);
  const fetchJson = async (name: string) => (await fetch(address(name))).json();
  const { images: files, labels, templates, class_names: classNames } = await fetchJson('case.json');
  const images: Image[] = await Promise.all(
    files.map(async (file: string) => toImage(await fetchJson(`${file}.json`))),
  );
  const golden = await fetchGolden(address('golden.safetensors'));
  const clip = await loadClip(address('model.safetensors'), { activation: 'quick_gelu' });
  try {
    const check = async (name: string, actual: number[], allowed = tolerance) =>
      compareNumbers(name, actual, await golden.readFloat32(name), allowed);
    const flat = (rows: readonly Float32Array[]) => rows.flatMap((row) => [...row]);
    const { cosine, probability } = await similarities(clip, images, labels);
    const classifier = await buildClassifier(clip, classNames, { templates });
    const ranked = await classify(clip, images, classifier);
    const zeroShot = ranked.flatMap((result) =>
      classNames.map((name: string) => 100 * (result.ranked.find(({ label }) => label === name)?.similarity as number)),
    );
    return [
      await check('text_embeds', flat(await embedTexts(clip, labels))),
      await check('image_embeds', flat(await embedImages(clip, images))),
      await check(
        'logits_per_image',
        flat(cosine).map((value) => value * clip.logitScale),
        tolerance * clip.logitScale,
      ),
      await check('probs', flat(probability)),
      await check('zeroshot_weights', flat(classifier.weights)),
      await check('zeroshot_logits', zeroShot, 100 * tolerance),
    ];
  } finally {
    clip.dispose();
    await golden.close();
  }
}

function toImage({ data, palette, mode, ...size }: PlainImage): Image {
  const pixels = mode === 'I;16' ? Uint16Array.from(data) : Uint8Array.from(data);
  return { ...size, mode, data: pixels, ...(palette && { palette: Uint8Array.from(palette) }) };
}
