import { announce } from '../announce.ts';
import type { Clip } from '../clip.ts';
import type { ClipConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import { parameterShapes } from '../parameters.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { writeVocabulary } from '../tokenizer/vocabulary-files.ts';
import { outputFirstShape, toOutputFirst } from './axes.ts';
import { huggingfaceNames } from './huggingface.ts';
import { writeHuggingfaceConfig } from './huggingface-config.ts';
import { writeOpenClipConfig } from './open-clip-config.ts';
import { metadataKey } from './open-model.ts';
import { openaiNames } from './openai.ts';
import { encodeSafetensors, type TensorData } from './safetensors.ts';

export type SaveOptions = {
  layout: 'huggingface' | 'openai' | 'open_clip';
  /** How numbers are kept; F16 and BF16 halve the file and round. F32 by default. */
  dtype?: 'F32' | 'F16' | 'BF16';
};

const openaiVocabSize = 49408;

/**
 * A model as the files of a directory that the layout's own tools open, by file name; the weights come last, in chunks.
 * @throws ModelError on a model with one tower, on a ResNet as 'huggingface', on what the layout cannot say
 */
export function modelFileContents(
  clip: Clip,
  { layout, dtype = 'F32' }: SaveOptions,
): Map<string, string | AsyncIterable<Uint8Array>> {
  if (clip.towers !== 'both')
    throw new ModelError("Cannot save model: one tower is loaded; load it with towers: 'both'");
  const tokenizer = tokenizerOf(clip);
  const { config } = clip;
  const texts: Record<string, string> = tokenizer ? writeVocabulary(tokenizer.vocabulary, tokenizer.contextLength) : {};
  const metadata = new Map([['format', 'pt']]); // transformers refuses files without it
  const ownVocabulary = tokenizer !== undefined && tokenizer.vocabSize !== openaiVocabSize;
  if (layout === 'huggingface') Object.assign(texts, huggingfaceConfigs(config, tokenizer, dtype));
  if (layout === 'open_clip')
    Object.assign(texts, { 'open_clip_config.json': writeOpenClipConfig(config, ownVocabulary) });
  if (layout === 'openai') metadata.set(metadataKey, writeOpenClipConfig(config, ownVocabulary));
  const weightsFile = layout === 'open_clip' ? 'open_clip_model.safetensors' : 'model.safetensors';
  const names = layout === 'huggingface' ? huggingfaceNames : openaiNames;
  const tensors = new Map<string, TensorData>();
  for (const [name, shape] of parameterShapes(config)) {
    const { keys, outputFirst } = names(name);
    const [first, ...rest] = outputFirst ? outputFirstShape(shape) : shape;
    const partShape = first === undefined ? [] : [first / keys.length, ...rest];
    keys.forEach((key, part) => {
      tensors.set(key, {
        dtype,
        shape: partShape,
        data: () => readPart(clip, name, shape, outputFirst, part, keys.length),
      });
    });
  }
  return new Map<string, string | AsyncIterable<Uint8Array>>([
    ...Object.entries(texts),
    [weightsFile, encodeSafetensors(tensors, metadata)],
  ]);
}

/** A model that fits no tokenizer is saved without one, and that is announced. */
function tokenizerOf(clip: Clip): Tokenizer | undefined {
  try {
    return clip.tokenizer;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    announce(`saving without tokenizer files: ${error.message}`);
    return undefined;
  }
}

function huggingfaceConfigs(
  config: ClipConfig,
  tokenizer: Tokenizer | undefined,
  dtype: 'F32' | 'F16' | 'BF16',
): Record<string, string> {
  const vocabSize = config.text?.vocabSize ?? 0;
  const startId = tokenizer?.startId ?? vocabSize - 2;
  const endId = tokenizer?.endId ?? vocabSize - 1;
  const torchName = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype];
  return writeHuggingfaceConfig(config, startId, endId, torchName);
}

/** One of the tensors that a parameter is kept as, in the checkpoint's axis order. */
async function readPart(
  clip: Clip,
  name: string,
  shape: readonly number[],
  outputFirst: boolean,
  part: number,
  parts: number,
): Promise<Float32Array> {
  const ours = (await clip.parameters.get(name)?.data()) as Float32Array;
  const stored = outputFirst ? toOutputFirst(ours, shape) : ours;
  const length = stored.length / parts;
  return stored.subarray(part * length, (part + 1) * length);
}
