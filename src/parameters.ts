import type * as tf from '@tensorflow/tfjs';
import type { ClipConfig, ResNetConfig, TextConfig, TransformerConfig, VitConfig } from './config.ts';
import type { Block } from './nn/block.ts';
import type { LayerNorm } from './nn/layer-norm.ts';
import type { Linear } from './nn/linear.ts';
import type { TextEncoder } from './text/text-encoder.ts';
import type { AttentionPool } from './vision/attention-pool.ts';
import type { Bottleneck, ConvNorm, ModifiedResNet } from './vision/modified-resnet.ts';
import type { VisionTransformer } from './vision/vit.ts';

/** The two towers as the layers take them; absent where not loaded. */
export type ClipWeights = { visual?: VisionTransformer | ModifiedResNet; text?: TextEncoder };

export type Towers = 'image' | 'text' | 'both';

/** Gives the tensor of a name; the shape says what it must be. */
export type Take = <R extends tf.Rank>(name: string, shape: tf.ShapeMap[R]) => tf.Tensor<R>;

/**
 * The one list of a CLIP's tensors: puts the towers together from tensors by name. Loading, initialising, counting and
 * differentiating all walk this function. Names are paths in ClipWeights, e.g. `visual.resblocks.3.attn.qkv.kernel`.
 */
export function assembleWeights(config: ClipConfig, towers: Towers, take: Take): ClipWeights {
  const { embedDim, vision, text } = config;
  const weights: ClipWeights = {};
  if (vision && towers !== 'text') {
    weights.visual = vision.kind === 'vit' ? takeVit(vision, embedDim, take) : takeResNet(vision, embedDim, take);
  }
  if (text && towers !== 'image') weights.text = takeText(text, embedDim, take);
  return weights;
}

/**
 * Every tensor's name and shape. `logitScale` [] holds the logarithm of the multiplier; a model of one tower has none.
 */
export function parameterShapes(config: ClipConfig, towers: Towers = 'both'): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  if (config.vision && config.text) shapes.set('logitScale', []);
  assembleWeights(config, towers, (name, shape) => {
    shapes.set(name, shape);
    return undefined as never; // the record is thrown away: only its names and shapes were asked for
  });
  return shapes;
}

/** How many numbers training can change: all but the running statistics of batch norms. */
export function parameterCount(config: ClipConfig, towers: Towers = 'both'): number {
  const trained = [...parameterShapes(config, towers)].filter(([name]) => !isStatistic(name));
  return trained.reduce((count, [, shape]) => count + shape.reduce((size, extent) => size * extent, 1), 0);
}

/** Whether a tensor is a running mean or variance, measured in training but not learned. */
export function isStatistic(name: string): boolean {
  return /\.norm\.(mean|variance)$/.test(name);
}

function takeVit(config: VitConfig, embedDim: number, take: Take): VisionTransformer {
  const { width, patchSize, imageSize } = config;
  return {
    kind: 'vit',
    patchEmbedding: take('visual.patchEmbedding', [patchSize, patchSize, 3, width]),
    classEmbedding: take('visual.classEmbedding', [width]),
    positionalEmbedding: take('visual.positionalEmbedding', [1 + (imageSize / patchSize) ** 2, width]),
    lnPre: takeLayerNorm(config, take, 'visual.lnPre'),
    resblocks: takeBlocks(config, take, 'visual'),
    lnPost: takeLayerNorm(config, take, 'visual.lnPost'),
    proj: take('visual.proj', [width, embedDim]),
  };
}

function takeText(config: TextConfig, embedDim: number, take: Take): TextEncoder {
  const { width, contextLength, vocabSize, endToken } = config;
  return {
    tokenEmbedding: take('text.tokenEmbedding', [vocabSize, width]),
    positionalEmbedding: take('text.positionalEmbedding', [contextLength, width]),
    resblocks: takeBlocks(config, take, 'text'),
    lnFinal: takeLayerNorm(config, take, 'text.lnFinal'),
    proj: take('text.proj', [width, embedDim]),
    endToken,
  };
}

function takeBlocks(config: TransformerConfig, take: Take, tower: string): Block[] {
  return Array.from({ length: config.layers }, (_, layer) => takeBlock(config, take, `${tower}.resblocks.${layer}`));
}

/** One residual attention block; its names begin with `path`. */
export function takeBlock(config: TransformerConfig, take: Take, path: string): Block {
  const { width, heads, mlpWidth, activation } = config;
  return {
    ln1: takeLayerNorm(config, take, `${path}.ln1`),
    attn: {
      qkv: takeLinear(take, `${path}.attn.qkv`, width, 3 * width),
      out: takeLinear(take, `${path}.attn.out`, width, width),
      heads,
    },
    ln2: takeLayerNorm(config, take, `${path}.ln2`),
    mlp: {
      fc: takeLinear(take, `${path}.mlp.fc`, width, mlpWidth),
      proj: takeLinear(take, `${path}.mlp.proj`, mlpWidth, width),
      activation,
    },
  };
}

function takeLinear(take: Take, path: string, inputs: number, outputs: number): Linear {
  return { kernel: take(`${path}.kernel`, [inputs, outputs]), bias: take(`${path}.bias`, [outputs]) };
}

function takeLayerNorm({ width, layerNormEpsilon }: TransformerConfig, take: Take, path: string): LayerNorm {
  return { gain: take(`${path}.gain`, [width]), bias: take(`${path}.bias`, [width]), epsilon: layerNormEpsilon };
}

function takeResNet({ width, layers, imageSize, heads }: ResNetConfig, embedDim: number, take: Take): ModifiedResNet {
  const half = width / 2;
  return {
    kind: 'modified-resnet',
    stem: [
      takeConv(take, 'visual.stem.0', 3, 3, half),
      takeConv(take, 'visual.stem.1', 3, half, half),
      takeConv(take, 'visual.stem.2', 3, half, width),
    ],
    stages: layers.map((count, stage) =>
      Array.from({ length: count }, (_, index) => takeBottleneck(take, width, stage, index)),
    ),
    attentionPool: takeAttentionPool(take, 32 * width, embedDim, 1 + (imageSize / 32) ** 2, heads),
  };
}

/** Stage s works on width · 2^s channels and gives four times as many; all stages but the first halve the resolution. */
function takeBottleneck(take: Take, width: number, stage: number, index: number): Bottleneck {
  const path = `visual.stages.${stage}.${index}`;
  const narrow = width * 2 ** stage;
  const outputs = 4 * narrow;
  const inputs = index > 0 ? outputs : stage > 0 ? 2 * narrow : width;
  return {
    conv1: takeConv(take, `${path}.conv1`, 1, inputs, narrow),
    conv2: takeConv(take, `${path}.conv2`, 3, narrow, narrow),
    conv3: takeConv(take, `${path}.conv3`, 1, narrow, outputs),
    ...(index === 0 && { downsample: takeConv(take, `${path}.downsample`, 1, inputs, outputs) }),
    stride: index === 0 && stage > 0 ? 2 : 1,
  };
}

function takeConv(take: Take, path: string, size: 1 | 3, inputs: number, outputs: number): ConvNorm {
  const statistic = (name: string) => take<tf.Rank.R1>(`${path}.norm.${name}`, [outputs]);
  return {
    kernel: take(`${path}.kernel`, [size, size, inputs, outputs]),
    norm: {
      gain: statistic('gain'),
      bias: statistic('bias'),
      mean: statistic('mean'),
      variance: statistic('variance'),
    },
  };
}

function takeAttentionPool(take: Take, width: number, embedDim: number, seq: number, heads: number): AttentionPool {
  const path = 'visual.attentionPool';
  return {
    positionalEmbedding: take(`${path}.positionalEmbedding`, [seq, width]),
    q: takeLinear(take, `${path}.q`, width, width),
    k: takeLinear(take, `${path}.k`, width, width),
    v: takeLinear(take, `${path}.v`, width, width),
    out: takeLinear(take, `${path}.out`, width, embedDim),
    heads,
  };
}
