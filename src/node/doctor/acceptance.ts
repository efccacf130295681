import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '../../clip.ts';
import { architectureConfig, type ClipConfig, openaiPreprocess, openaiVocabSize } from '../../config.ts';
import { dot, embedImages, embedTexts } from '../../embed.ts';
import { preprocess } from '../../image/preprocess.ts';
import { toRgb } from '../../image/to-rgb.ts';
import { softmax } from '../../softmax.ts';
import { readImage } from '../images/read-image.ts';
import { type RecordedOutput, type RecordedTokens, recordedOutputs, recordedTokens } from './recorded-outputs.ts';

/** How a model does against one recorded output. */
export type Acceptance = {
  name: string;
  source: string;
  state: 'ok' | 'differs' | 'not run';
  /** Largest absolute difference, and what is allowed. */
  error?: number;
  tolerance?: number;
  /** Whose weights were recorded; others of the same shapes give other values. */
  weights?: string;
  /** Why it was not run. */
  needs?: string;
};

/** What is known beside the model. */
export type AcceptanceOptions = {
  /** The folder with the recorded pictures, under their own names. */
  pictures?: string;
  /** The repository of the hub that the model is from; where it is unknown, all weights of the recorded shapes are compared. */
  repository?: string;
};

/** Compares a model with what was recorded of published weights. Leaves no tensor behind. */
export async function acceptanceTests(
  clip: Clip,
  options: AcceptanceOptions = {},
  outputs: readonly RecordedOutput[] = recordedOutputs,
): Promise<Acceptance[]> {
  const results = [checkTokens(clip, recordedTokens)];
  for (const recorded of outputs) results.push(await checkOutput(clip, recorded, options));
  return results;
}

function checkTokens(clip: Clip, recorded: readonly RecordedTokens[]): Acceptance {
  const sources = [...new Set(recorded.map(({ source }) => source))].join('; ');
  const common = { name: `token ids of ${recorded.length} texts`, source: sources };
  if (clip.towers === 'image' || clip.config.text?.vocabSize !== openaiVocabSize)
    return { ...common, state: 'not run', needs: "a text tower with OpenAI's vocabulary" };
  try {
    const isEqual = recorded.every(({ text, ids }) => clip.tokenizer.encode(text).join() === ids.join());
    return { ...common, state: isEqual ? 'ok' : 'differs' };
  } catch (error) {
    return { ...common, state: 'not run', needs: `a tokenizer (${(error as Error).message})` };
  }
}

async function checkOutput(
  clip: Clip,
  recorded: RecordedOutput,
  { pictures: folder, repository }: AcceptanceOptions,
): Promise<Acceptance> {
  const { name, source, weights, repositories, tolerance, expected } = recorded;
  const isAnother = repository !== undefined && !repositories.includes(repository);
  const common = { name, source, weights, tolerance };
  if (isAnother || clip.towers !== 'both' || !hasShapeOf(clip.config, recorded))
    return { ...common, state: 'not run', needs: `${weights}, both towers` };
  if (folder === undefined)
    return { ...common, state: 'not run', needs: `${recorded.pictures.join(', ')}: name their folder by --pictures` };
  const missing = await missingFiles(folder, recorded.pictures);
  if (missing.length > 0) return { ...common, state: 'not run', needs: `${missing.join(', ')} in ${folder}` };
  const rows = await compute(clip, recorded, folder);
  let error = 0;
  for (const [row, values] of expected.entries()) {
    for (const [column, value] of values.entries()) {
      const difference = Math.abs((rows[row]?.[column] ?? Number.NaN) - value);
      if (!(difference <= error)) error = difference; // NaN too
    }
  }
  return { ...common, error, state: error <= tolerance ? 'ok' : 'differs' };
}

/** Shapes, heads and activation; where the text's feature is read is written differently by layouts that mean the same. */
function hasShapeOf({ vision, text, embedDim }: ClipConfig, { architecture, activation }: RecordedOutput): boolean {
  const wanted = architectureConfig(architecture, activation);
  const fields = (tower: object | undefined) => JSON.stringify(Object.entries({ ...tower, endToken: null }).sort());
  return (
    embedDim === wanted.embedDim && fields(vision) === fields(wanted.vision) && fields(text) === fields(wanted.text)
  );
}

async function missingFiles(folder: string, names: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (!found?.isFile()) missing.push(name);
  }
  return missing;
}

/** A row per picture with a value per text. Pictures are prepared as the one who recorded prepared them. */
async function compute(clip: Clip, recorded: RecordedOutput, folder: string): Promise<Float32Array[]> {
  const { pictures, texts, rgbFirst, quantity } = recorded;
  const preparation = openaiPreprocess(clip.config.preprocess.size);
  const pixels: Float32Array[] = [];
  for (const name of pictures) {
    const image = await readImage(join(folder, name));
    pixels.push(preprocess(rgbFirst ? toRgb(image) : image, preparation));
  }
  const textRows = await embedTexts(clip, texts);
  const imageRows = await embedImages(clip, pixels);
  return imageRows.map((image) => {
    const cosines = Float32Array.from(textRows, (text) => dot(image, text));
    if (quantity === 'cosine') return cosines;
    return quantity === 'logit'
      ? cosines.map((cosine) => cosine * clip.logitScale)
      : Float32Array.from(softmax(cosines, clip.logitScale));
  });
}
