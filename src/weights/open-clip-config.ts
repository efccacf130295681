import {
  type Activation,
  type ClipConfig,
  defaultLayerNormEpsilon,
  openaiPreprocess,
  openaiVocabSize,
  type PreprocessConfig,
  type TextConfig,
  type VisionConfig,
} from '../config.ts';
import { ModelError } from '../errors.ts';
import { type JsonFields, parseJson } from './json.ts';

/** The fields that say how CLIP's own architecture is dimensioned; all others ask for another one, or concern training. */
const known = {
  model_cfg: ['embed_dim', 'quick_gelu', 'vision_cfg', 'text_cfg', 'init_logit_scale'],
  vision_cfg: [
    'image_size',
    'layers',
    'width',
    'patch_size',
    'head_width',
    'mlp_ratio',
    'norm_kwargs',
    'patch_dropout',
  ],
  text_cfg: [
    'context_length',
    'vocab_size',
    'width',
    'heads',
    'layers',
    'mlp_ratio',
    'norm_kwargs',
    'pool_type',
    'eos_id',
    'pad_id',
    'hf_tokenizer_name',
    'tokenizer_kwargs',
  ],
};

/** open_clip's defaults of fields that may stand in a file without asking for anything else. */
const harmless: Record<string, unknown> = {
  custom_text: false,
  pool_type: 'tok',
  pos_embed_type: 'learnable',
  proj_type: 'linear',
  attn_pooler_queries: 256,
  attn_pooler_heads: 8,
  timm_pool: 'avg',
  timm_proj: 'linear',
  hf_proj_type: 'mlp',
  hf_pooler_type: 'mean_pooler',
  hf_model_pretrained: true,
  block_type: 'default',
};

/**
 * Reads open_clip_config.json (`model_cfg` and `preprocess_cfg`), or one of open_clip's own model configs.
 * @throws SyntaxError on a malformed file, ModelError where it asks for something else than CLIP's towers
 */
export function readOpenClipConfig(file: string): ClipConfig {
  const root = parseJson('open_clip_config.json', file);
  const model = root.object('model_cfg') ?? root;
  refuseUnknown(model, known.model_cfg);
  const vision = model.object('vision_cfg') ?? model.fail('vision_cfg', 'an object');
  const text = model.object('text_cfg') ?? model.fail('text_cfg', 'an object');
  refuseUnknown(vision, known.vision_cfg);
  refuseUnknown(text, known.text_cfg);
  const activation: Activation = model.boolean('quick_gelu', false) ? 'quick_gelu' : 'gelu';
  const imageSize = vision.count('image_size', 224);
  return {
    embedDim: model.count('embed_dim'),
    vision: readVision(vision, imageSize, activation),
    text: readText(text, activation),
    preprocess: readPreprocess(root.object('preprocess_cfg'), imageSize),
  };
}

function refuseUnknown(fields: JsonFields, names: readonly string[]): void {
  for (const key of fields.keys) {
    const value = fields.value(key);
    const idle = value === undefined || value === false || value === 0 || value === harmless[key];
    if (!names.includes(key) && !idle) {
      throw new ModelError(
        `Cannot load model: open_clip_config.json asks for ${key}: ${JSON.stringify(value)}, which is not part of CLIP's own architecture`,
      );
    }
  }
}

function readVision(fields: JsonFields, imageSize: number, activation: Activation): VisionConfig {
  const headWidth = fields.count('head_width', 64);
  const layers = fields.value('layers') ?? 12;
  const width = fields.count('width', 768);
  if (Array.isArray(layers)) {
    const fits = layers.length === 4 && layers.every((count) => Number.isSafeInteger(count) && count > 0);
    if (!fits) fields.fail('layers', 'four positive integers');
    const stages = layers as unknown as [number, number, number, number];
    return { kind: 'modified-resnet', imageSize, width, layers: stages, heads: Math.trunc((width * 32) / headWidth) };
  }
  return {
    kind: 'vit',
    imageSize,
    patchSize: fields.count('patch_size', 16),
    width,
    layers: fields.count('layers', 12),
    heads: Math.trunc(width / headWidth),
    mlpWidth: Math.trunc(width * fields.number('mlp_ratio', 4)),
    activation,
    layerNormEpsilon: readEpsilon(fields),
  };
}

function readText(fields: JsonFields, activation: Activation): TextConfig {
  const width = fields.count('width', 512);
  const pool = fields.oneOf('pool_type', ['argmax', 'eos'], 'argmax');
  return {
    width,
    layers: fields.count('layers', 12),
    heads: fields.count('heads', 8),
    mlpWidth: Math.trunc(width * fields.number('mlp_ratio', 4)),
    activation,
    layerNormEpsilon: readEpsilon(fields),
    contextLength: fields.count('context_length', 77),
    vocabSize: fields.count('vocab_size', openaiVocabSize),
    endToken: pool === 'argmax' ? 'argmax' : fields.count('eos_id', 2),
  };
}

function readEpsilon(fields: JsonFields): number {
  return fields.object('norm_kwargs')?.number('eps', defaultLayerNormEpsilon) ?? defaultLayerNormEpsilon;
}

function readPreprocess(fields: JsonFields | undefined, size: number): PreprocessConfig {
  const defaults = openaiPreprocess(size);
  if (!fields) return defaults;
  return {
    ...defaults,
    mean: fields.channels('mean', defaults.mean),
    std: fields.channels('std', defaults.std),
    interpolation: fields.oneOf('interpolation', ['bicubic', 'bilinear', 'nearest'], 'bicubic'),
    resizeMode: fields.oneOf('resize_mode', ['shortest', 'longest', 'squash'], 'shortest'),
    order: fields.oneOf('order', ['openai', 'huggingface'], 'openai'),
    background: fields.value('background') === undefined ? null : fields.channels('background', [0, 0, 0]),
  };
}

/**
 * Writes open_clip_config.json so that open_clip's `local-dir:` opens the directory. Fields that open_clip does not have
 * (`order`, `background`) stand among the preprocessing; it passes over them.
 * @param ownVocabulary whether the tokenizer files beside it must be used, not OpenAI's vocabulary
 * @throws ModelError where the two towers differ in what open_clip sets once
 */
export function writeOpenClipConfig(config: ClipConfig, ownVocabulary: boolean): string {
  const { embedDim, vision, text, preprocess } = config;
  if (!vision || !text) throw new ModelError("Cannot save as 'open_clip': it needs both towers");
  const activation = vision.kind === 'vit' ? vision.activation : text.activation;
  if (activation !== text.activation)
    throw new ModelError("Cannot save as 'open_clip': its towers share one activation");
  const norm = (epsilon: number) => (epsilon === defaultLayerNormEpsilon ? {} : { norm_kwargs: { eps: epsilon } });
  const { size, mean, std, interpolation, resizeMode, order, background } = preprocess;
  const file = {
    model_cfg: {
      embed_dim: embedDim,
      quick_gelu: activation === 'quick_gelu',
      vision_cfg: {
        image_size: vision.imageSize,
        layers: vision.layers,
        width: vision.width,
        ...(vision.kind === 'vit'
          ? {
              patch_size: vision.patchSize,
              head_width: vision.width / vision.heads,
              mlp_ratio: ratio(vision.mlpWidth, vision.width),
              ...norm(vision.layerNormEpsilon),
            }
          : { patch_size: null, head_width: (32 * vision.width) / vision.heads }),
      },
      text_cfg: {
        context_length: text.contextLength,
        vocab_size: text.vocabSize,
        width: text.width,
        heads: text.heads,
        layers: text.layers,
        mlp_ratio: ratio(text.mlpWidth, text.width),
        ...norm(text.layerNormEpsilon),
        ...(text.endToken !== 'argmax' && { pool_type: 'eos', eos_id: text.endToken }),
        ...(ownVocabulary && { hf_tokenizer_name: '.' }),
      },
    },
    preprocess_cfg: { size, mode: 'RGB', mean, std, interpolation, resize_mode: resizeMode, order, background },
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** open_clip truncates width x ratio, so the ratio must not fall short of the quotient by rounding. */
function ratio(mlpWidth: number, width: number): number {
  const quotient = mlpWidth / width;
  return Math.trunc(width * quotient) === mlpWidth ? quotient : quotient + Number.EPSILON * quotient;
}
