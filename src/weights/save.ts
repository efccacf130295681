import { announce } from '../announce.ts';
import type { Clip } from '../clip.ts';
import { type ClipConfig, openaiVocabSize } from '../config.ts';
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
import { promptTemplatesFile, writePromptTemplates } from './prompt-templates.ts';
import { encodeSafetensors, type TensorData } from './safetensors.ts';

const layouts = ['huggingface', 'openai', 'open_clip'] as const;
const dtypes = ['F32', 'F16', 'BF16'] as const;

export type SaveOptions = {
  layout: (typeof layouts)[number];
  /** How numbers are kept; F16 and BF16 halve the file and round. F32 by default. */
  dtype?: (typeof dtypes)[number];
};

/**
 * A model as the files of a directory that the layout's own tools open, by file name; the weights come last, in chunks.
 * @throws ModelError on a model with one tower, on a ResNet as 'huggingface', on what the layout cannot say
 */
export function modelFileContents(
  clip: Clip,
  { layout, dtype = 'F32' }: SaveOptions,
): Map<string, string | AsyncIterable<Uint8Array>> {
  check('layout', layout, layouts);
  check('dtype', dtype, dtypes);
  if (clip.isDisposed) throw new ModelError('Cannot save model: it was disposed; load it again');
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
  if (config.promptTemplates) texts[promptTemplatesFile] = writePromptTemplates(config.promptTemplates);
  const weightsFile = layout === 'open_clip' ? 'open_clip_model.safetensors' : 'model.safetensors';
  const names = layout === 'huggingface' ? huggingfaceNames : openaiNames;
  const tensors = new Map<string, TensorData>();
  for (const [name, shape] of parameterShapes(config)) {
    const { keys, outputFirst } = names(name);
    const [first, ...rest] = outputFirst ? outputFirstShape(shape) : shape;
    const partShape = first === undefined ? [] : [first / keys.length, ...rest];
    for (const [part, key] of keys.entries()) {
      const data = async () => {
        const values = await readParameter(clip, name, shape, outputFirst);
        const length = values.length / keys.length;
        return checkRange(values.subarray(part * length, (part + 1) * length), key, dtype);
      };
      tensors.set(key, { dtype, shape: partShape, data });
    }
  }
  return new Map<string, string | AsyncIterable<Uint8Array>>([
    ...Object.entries(texts),
    [weightsFile, encodeSafetensors(tensors, metadata)],
  ]);
}

function check(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  const expected = allowed.map((choice) => `'${choice}'`).join(', ');
  throw new RangeError(`Cannot save model: expected ${name} to be one of ${expected} but got ${JSON.stringify(value)}`);
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

/** A tensor's values in the checkpoint's axis order. */
async function readParameter(
  clip: Clip,
  name: string,
  shape: readonly number[],
  outputFirst: boolean,
): Promise<Float32Array> {
  const ours = (await clip.parameters.get(name)?.data()) as Float32Array;
  return outputFirst ? toOutputFirst(ours, shape) : ours;
}

/** From here on F16 rounds to infinity (IEEE 754 binary16). */
const tooLargeForF16 = 65520;

/** @throws ModelError on a value that F16 would turn into infinity */
function checkRange(values: Float32Array, key: string, dtype: SaveOptions['dtype']): Float32Array {
  const lost = dtype === 'F16' && values.find((value) => Math.abs(value) >= tooLargeForF16 && Number.isFinite(value));
  if (!lost) return values;
  throw new ModelError(
    `Cannot save model in F16: '${key}' has the value ${lost}, which F16 does not reach; save it in BF16`,
  );
}
