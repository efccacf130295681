import * as tf from '@tensorflow/tfjs';
import { checkConfig } from '../check-config.ts';
import { Clip } from '../clip.ts';
import type { ClipConfig } from '../config.ts';
import { parameterShapes } from '../parameters.ts';
import { normalNumbers } from '../random.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** CLIP, section 2.5: the temperature starts at 0.07. */
const initialLogScale = Math.log(1 / 0.07);

/**
 * A model with random weights, to train from scratch. Both towers are drawn as OpenAI's `initialize_parameters` draws its
 * text tower, convolutions with PyTorch's default variance.
 * @param seed any integer; the same seed gives the same weights on every backend
 */
export function initClip(config: ClipConfig, seed: number, makeTokenizer: () => Tokenizer): Clip {
  checkConfig(config);
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`Cannot initialise: expected seed to be an integer but got ${seed}`);
  const normal = normalNumbers(seed);
  const parameters = new Map<string, tf.Tensor>();
  for (const [name, shape] of parameterShapes(config)) {
    const values = new Float32Array(shape.reduce((size, extent) => size * extent, 1));
    const initial = initialValue(name, shape, config);
    if (typeof initial === 'number') values.fill(initial);
    else for (let i = 0; i < values.length; i++) values[i] = initial.std * normal();
    parameters.set(name, tf.tensor(values, [...shape], 'float32'));
  }
  return new Clip(config, 'both', parameters, makeTokenizer, Math.fround(initialLogScale));
}

/** A constant, or the standard deviation of a normal distribution around 0. */
function initialValue(name: string, shape: readonly number[], config: ClipConfig): number | { std: number } {
  if (name === 'logitScale') return initialLogScale;
  if (/\.conv3\.norm\.gain$/.test(name)) return 0; // each bottleneck starts as its shortcut
  if (/\.(gain|variance)$/.test(name)) return 1;
  if (/\.(bias|mean)$/.test(name)) return 0;
  if (name === 'text.tokenEmbedding') return { std: 0.02 };
  if (name === 'text.positionalEmbedding') return { std: 0.01 };
  const vision = config.vision?.kind === 'vit' ? config.vision : undefined;
  const tower = name.startsWith('text.') ? config.text : vision;
  if (/\.(attn\.out|mlp\.proj)\.kernel$/.test(name) && tower) {
    return { std: tower.width ** -0.5 * (2 * tower.layers) ** -0.5 }; // GPT-2: residual branches add up
  }
  const inputs = shape.slice(0, -1).reduce((size, extent) => size * extent, 1);
  if (/\.mlp\.fc\.kernel$/.test(name)) return { std: (2 * inputs) ** -0.5 };
  if (shape.length === 4) return { std: (3 * inputs) ** -0.5 };
  if (/(classEmbedding|positionalEmbedding)$/.test(name)) return { std: (shape.at(-1) as number) ** -0.5 };
  return { std: inputs ** -0.5 };
}
