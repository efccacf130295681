import {
  type ClipConfig,
  openaiPreprocess,
  openaiVocabSize,
  type PreprocessConfig,
  type TextConfig,
  type VitConfig,
} from '../config.ts';
import { ModelError } from '../errors.ts';
import { type JsonFields, jsonFields, parseJson } from './json.ts';

/** Pillow's numbers for the filters that `resample` may name. */
const resamples = { 0: 'nearest', 2: 'bilinear', 3: 'bicubic' } as const;

/**
 * Reads transformers' config.json of a CLIPModel, or of one tower with projection (`clip_text_model`, `clip_vision_model`).
 * Absent fields have transformers' defaults, and `text_config_dict` overrides `text_config`, as there.
 * @param files content of preprocessor_config.json, and of processor_config.json, in which transformers 5 keeps the same and which goes
 * first there too; where there are such files
 * @throws SyntaxError on a malformed file, ModelError on a model that is not CLIP
 */
export function readHuggingfaceConfig(config: string, files: PreprocessorFiles = {}): ClipConfig {
  const preprocessor = preprocessorFields(files);
  const root = parseJson('config.json', config);
  const modelType = root.value('model_type') ?? 'clip';
  if (modelType === 'clip_text_model') {
    return { embedDim: root.count('projection_dim', 512), text: readText(root), preprocess: openaiPreprocess(224) };
  }
  if (modelType === 'clip_vision_model') {
    const vision = readVision(root);
    const preprocess = readPreprocessor(preprocessor, vision.imageSize);
    return { embedDim: root.count('projection_dim', 512), vision, preprocess };
  }
  if (modelType !== 'clip') {
    throw new ModelError(`Cannot load model: expected a CLIP but config.json says model_type '${modelType}'`);
  }
  const empty = jsonFields('config.json', {});
  const text = readText((root.object('text_config') ?? empty).overlaid(root.object('text_config_dict')));
  const vision = readVision((root.object('vision_config') ?? empty).overlaid(root.object('vision_config_dict')));
  const preprocess = readPreprocessor(preprocessor, vision.imageSize);
  return { embedDim: root.count('projection_dim', 512), vision, text, preprocess };
}

function readText(fields: JsonFields): TextConfig {
  const endToken = fields.count('eos_token_id', 49407);
  return {
    width: fields.count('hidden_size', 512),
    layers: fields.count('num_hidden_layers', 12),
    heads: fields.count('num_attention_heads', 8),
    mlpWidth: fields.count('intermediate_size', 2048),
    activation: fields.oneOf('hidden_act', ['quick_gelu', 'gelu'], 'quick_gelu'),
    layerNormEpsilon: fields.number('layer_norm_eps', 1e-5),
    contextLength: fields.count('max_position_embeddings', 77),
    vocabSize: fields.count('vocab_size', openaiVocabSize),
    endToken: endToken === 2 ? 'argmax' : endToken, // 2 was written by mistake for years: huggingface/transformers#24773
  };
}

function readVision(fields: JsonFields): VitConfig {
  if (fields.count('num_channels', 3) !== 3) fields.fail('num_channels', '3');
  return {
    kind: 'vit',
    width: fields.count('hidden_size', 768),
    layers: fields.count('num_hidden_layers', 12),
    heads: fields.count('num_attention_heads', 12),
    mlpWidth: fields.count('intermediate_size', 3072),
    activation: fields.oneOf('hidden_act', ['quick_gelu', 'gelu'], 'quick_gelu'),
    layerNormEpsilon: fields.number('layer_norm_eps', 1e-5),
    imageSize: fields.count('image_size', 224),
    patchSize: fields.count('patch_size', 32),
  };
}

export type PreprocessorFiles = { preprocessor?: string; processor?: string };

function preprocessorFields({ preprocessor, processor }: PreprocessorFiles): JsonFields | undefined {
  const inner =
    processor === undefined ? undefined : parseJson('processor_config.json', processor).object('image_processor');
  return inner ?? (preprocessor === undefined ? undefined : parseJson('preprocessor_config.json', preprocessor));
}

/** @throws ModelError where the file asks for steps that CLIP's preprocessing does not have */
function readPreprocessor(fields: JsonFields | undefined, imageSize: number): PreprocessConfig {
  const white = [255, 255, 255] as const; // what transformers 5 puts behind alpha
  const defaults = { ...openaiPreprocess(imageSize), order: 'huggingface', background: white } as const;
  if (fields === undefined) return defaults;
  for (const step of ['do_resize', 'do_rescale', 'do_normalize']) {
    if (!fields.boolean(step, true)) fields.fail(step, 'true, as CLIP has it');
  }
  const { size, resizeMode } = readSize(fields, imageSize);
  if (size !== imageSize) {
    throw new ModelError(`Cannot load model: it takes ${imageSize} pixels but its preprocessing config makes ${size}`);
  }
  const interpolation = resamples[fields.number('resample', 3) as keyof typeof resamples];
  if (!interpolation) fields.fail('resample', '0 (nearest), 2 (bilinear) or 3 (bicubic)');
  const ours = fields.object('clip_tfjs');
  return {
    size,
    resizeMode,
    interpolation,
    mean: fields.channels('image_mean', defaults.mean),
    std: fields.channels('image_std', defaults.std),
    order: ours?.oneOf('order', ['openai', 'huggingface']) ?? 'huggingface',
    background: ours ? readBackground(ours) : defaults.background,
  };
}

function readBackground(ours: JsonFields): PreprocessConfig['background'] {
  return ours.value('background') === undefined ? null : ours.channels('background', [0, 0, 0]);
}

/** Sizes are a number in old files, an object in newer ones: a shortest edge, cropped to a square, or a square to squash to. */
function readSize(fields: JsonFields, imageSize: number): { size: number; resizeMode: 'shortest' | 'squash' } {
  const side = (key: string, field: string) =>
    typeof fields.value(key) === 'number' ? fields.count(key) : fields.object(key)?.optionalCount(field);
  const isSquare = typeof fields.value('size') === 'object' && side('size', 'height') !== undefined;
  if (isSquare) {
    if (side('size', 'height') !== side('size', 'width')) fields.fail('size', 'a square');
    return { size: side('size', 'height') ?? imageSize, resizeMode: 'squash' };
  }
  const shortest = side('size', 'shortest_edge') ?? imageSize;
  if (!fields.boolean('do_center_crop', true)) fields.fail('do_center_crop', 'true, as CLIP has it');
  if ((side('crop_size', 'height') ?? shortest) !== shortest)
    fields.fail('crop_size', `${shortest}, the same as size, as CLIP has it`);
  return { size: shortest, resizeMode: 'shortest' };
}

/**
 * Writes config.json and preprocessor_config.json so that transformers' CLIPModel and CLIPProcessor open them.
 * @throws ModelError on a ResNet, which transformers' CLIP does not have
 */
export function writeHuggingfaceConfig(
  config: ClipConfig,
  startId: number,
  endId: number,
  dtype: string,
): Record<string, string> {
  const { embedDim, vision, text, preprocess } = config;
  if (!text || vision?.kind !== 'vit') {
    throw new ModelError(
      "Cannot save as 'huggingface': transformers has no CLIP with a ResNet; save as 'openai' or 'open_clip'",
    );
  }
  const tower = (
    model_type: string,
    { width, layers, heads, mlpWidth, activation, layerNormEpsilon }: TextConfig | VitConfig,
  ) => ({
    model_type,
    hidden_size: width,
    intermediate_size: mlpWidth,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    hidden_act: activation,
    layer_norm_eps: layerNormEpsilon,
    projection_dim: embedDim,
  });
  const model = {
    architectures: ['CLIPModel'],
    model_type: 'clip',
    dtype,
    projection_dim: embedDim,
    logit_scale_init_value: 2.6592,
    text_config: {
      ...tower('clip_text_model', text),
      vocab_size: text.vocabSize,
      max_position_embeddings: text.contextLength,
      bos_token_id: startId,
      eos_token_id: text.endToken === 'argmax' ? 2 : text.endToken,
      pad_token_id: endId,
    },
    vision_config: {
      ...tower('clip_vision_model', vision),
      image_size: vision.imageSize,
      patch_size: vision.patchSize,
    },
  };
  return { 'config.json': pretty(model), 'preprocessor_config.json': pretty(preprocessor(preprocess)) };
}

function preprocessor({ size, mean, std, interpolation, resizeMode, order, background }: PreprocessConfig): object {
  if (resizeMode === 'longest')
    throw new ModelError("Cannot save as 'huggingface': CLIPProcessor cannot pad the longer side");
  const square = { height: size, width: size };
  return {
    image_processor_type: 'CLIPImageProcessor',
    processor_class: 'CLIPProcessor',
    do_convert_rgb: true,
    do_resize: true,
    size: resizeMode === 'squash' ? square : { shortest_edge: size },
    resample: Number(Object.entries(resamples).find(([, name]) => name === interpolation)?.[0]),
    do_center_crop: resizeMode === 'shortest',
    crop_size: square,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
    clip_tfjs: { order, background },
  };
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
