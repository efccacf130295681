import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { block } from '../nn/block.ts';
import { causalMask } from '../text/causal-mask.ts';
import { embedTokens, projectEnd } from '../text/text-encoder.ts';
import { attentionPool } from '../vision/attention-pool.ts';
import { stage, stem } from '../vision/modified-resnet.ts';
import { embedImage, projectClass } from '../vision/vit.ts';
import type { SafetensorsFile } from '../weights/safetensors.ts';

/** One recorded tensor against ours. */
export type Comparison = {
  name: string;
  shape: readonly number[];
  /** Largest absolute difference of a value. */
  error: number;
  /** Root mean square of the recorded values, to judge the error by. */
  scale: number;
};

/** A state on the way, under the name that reference implementations record it by. */
type State = { name: string; value: () => tf.Tensor };

/** A state that the golden file has too. */
type Found = { name: string; value: tf.Tensor };

/**
 * Runs recorded inputs (`pixel_values_nchw`, `input_ids`) and compares every recorded output and hidden state that has a
 * known name: `image_features`, `text_embeds` ..., `vision_hidden_3` (Hugging Face), `text_block_0_seq_first` (OpenAI),
 * `vision_layer1_nchw` (ResNet). Leaves no tensor behind.
 */
export async function compareWithGolden(clip: Clip, golden: SafetensorsFile): Promise<Comparison[]> {
  const inputs = await Promise.all(
    ['pixel_values_nchw', 'input_ids'].map((name) => (golden.tensors.has(name) ? golden.read(name) : undefined)),
  );
  const shapeOf = (name: string) => [...(golden.tensors.get(name)?.shape ?? [])];
  const found = tf.tidy(() => {
    const [pixelValues, idValues] = inputs;
    const pixels =
      pixelValues &&
      tf.transpose(
        tf.tensor4d(pixelValues as Float32Array, shapeOf('pixel_values_nchw') as [number, number, number, number]),
        [0, 2, 3, 1],
      );
    const ids =
      idValues &&
      tf.tensor2d(Int32Array.from(idValues as Int32Array, Number), shapeOf('input_ids') as [number, number], 'int32');
    const states = [...(pixels ? imageStates(clip, pixels) : []), ...(ids ? textStates(clip, ids) : [])];
    const recorded: Found[] = [];
    for (const { name, value } of states) if (golden.tensors.has(name)) recorded.push({ name, value: value() });
    return recorded;
  });
  const comparisons: Comparison[] = [];
  try {
    for (const { name, value } of found) {
      const values = await value.data<'float32'>();
      comparisons.push(compare(name, shapeOf(name), values, await golden.readFloat32(name)));
    }
    return comparisons;
  } finally {
    tf.dispose(found.map(({ value }) => value));
  }
}

function compare(name: string, shape: readonly number[], values: Float32Array, recorded: Float32Array): Comparison {
  let error = values.length === recorded.length ? 0 : Number.POSITIVE_INFINITY;
  let squares = 0;
  for (const [index, value] of recorded.entries()) {
    const difference = Math.abs(value - (values[index] as number));
    if (!(difference <= error)) error = difference; // NaN counts as worse
    squares += value * value;
  }
  return { name, shape, error, scale: Math.sqrt(squares / recorded.length) };
}

function* imageStates({ weights: { visual } }: Clip, pixels: tf.Tensor4D): Generator<State> {
  if (!visual) return;
  if (visual.kind === 'vit') {
    let hidden = embedImage(visual, pixels);
    const first = hidden;
    yield { name: 'vision_hidden_0', value: () => first };
    for (const [layer, weights] of visual.resblocks.entries()) {
      hidden = block(weights, hidden);
      yield* blockStates('vision', layer, hidden);
    }
    yield* outputs('image', projectClass(visual, hidden));
    return;
  }
  let features = stem(visual, pixels);
  for (const [index, bottlenecks] of visual.stages.entries()) {
    features = stage(bottlenecks, features);
    const now = features;
    yield { name: `vision_layer${index + 1}_nchw`, value: () => tf.transpose(now, [0, 3, 1, 2]) };
  }
  yield* outputs('image', attentionPool(visual.attentionPool, features));
}

function* textStates({ weights: { text } }: Clip, ids: tf.Tensor2D): Generator<State> {
  if (!text) return;
  const mask = causalMask(ids.shape[1]);
  let hidden = embedTokens(text, ids);
  const first = hidden;
  yield { name: 'text_hidden_0', value: () => first };
  for (const [layer, weights] of text.resblocks.entries()) {
    hidden = block(weights, hidden, mask);
    yield* blockStates('text', layer, hidden);
  }
  yield* outputs('text', projectEnd(text, hidden, ids));
}

/** What leaves a block: Hugging Face counts the first block's input as 0, OpenAI's code has the sequence as the first axis. */
function* blockStates(tower: 'vision' | 'text', layer: number, hidden: tf.Tensor3D): Generator<State> {
  yield { name: `${tower}_hidden_${layer + 1}`, value: () => hidden };
  yield { name: `${tower}_block_${layer}_seq_first`, value: () => tf.transpose(hidden, [1, 0, 2]) };
}

function* outputs(kind: 'image' | 'text', features: tf.Tensor2D): Generator<State> {
  yield { name: `${kind}_features`, value: () => features };
  yield { name: `${kind}_embeds`, value: () => tf.div(features, tf.norm(features, 2, 1, true)) };
}
