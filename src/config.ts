/** The non-linearity of the MLPs: OpenAI trained with QuickGELU, most later models use the exact GELU. The weights do not tell. */
export type Activation = 'quick_gelu' | 'gelu';

/** A stack of residual attention blocks. */
export type TransformerConfig = {
  width: number;
  layers: number;
  /** Attention heads per block; headDim is width / heads. */
  heads: number;
  /** Hidden units of each MLP, usually 4 x width. */
  mlpWidth: number;
  activation: Activation;
  /** Added to the variance inside the square root of every layer norm. */
  layerNormEpsilon: number;
};

/** Vision Transformer (Dosovitskiy et al. 2020) with CLIP's extra layer norm before the first block. */
export type VitConfig = TransformerConfig & { kind: 'vit'; imageSize: number; patchSize: number };

/** ModifiedResNet: three-convolution stem, anti-aliased strides, attention pooling (CLIP, section 2.4). */
export type ResNetConfig = {
  kind: 'modified-resnet';
  imageSize: number;
  /** Channels after the stem; the trunk ends with 32 x width. */
  width: number;
  /** Bottlenecks in each of the four stages. */
  layers: readonly [number, number, number, number];
  /** Attention heads of the pooling. */
  heads: number;
};

export type VisionConfig = VitConfig | ResNetConfig;

export type TextConfig = TransformerConfig & {
  /** Positions, start and end tokens included. */
  contextLength: number;
  vocabSize: number;
  /**
   * Where the feature is read: `'argmax'`, at the first occurrence of the row's highest id (OpenAI: the end token has the highest);
   * or at the first occurrence of this id (Hugging Face, unless its config says the historic `eos_token_id: 2`).
   */
  endToken: 'argmax' | number;
};

/** What happens to a picture before the network sees it. */
export type PreprocessConfig = {
  /** Side of the square input in pixels. */
  size: number;
  /** Subtracted per channel (red, green, blue) from values in [0, 1]. */
  mean: readonly [number, number, number];
  /** Divides per channel. */
  std: readonly [number, number, number];
  interpolation: 'bicubic' | 'bilinear' | 'nearest';
  /** Which side is brought to `size`: the shorter (then cropped), the longer (then padded), or both, whatever the aspect ratio. */
  resizeMode: 'shortest' | 'longest' | 'squash';
  /** OpenAI resizes before it converts to RGB and rounds the crop as torchvision does; Hugging Face converts first and floors. */
  order: 'openai' | 'huggingface';
  /** null drops alpha, as OpenAI does; a colour (0 to 255) is put behind the picture first: transformers 5 takes white. */
  background: readonly [number, number, number] | null;
};

export type ClipConfig = {
  /** Width of the space that pictures and texts share. */
  embedDim: number;
  /** Absent where the file holds the text tower alone. */
  vision?: VisionConfig;
  /** Absent where the file holds the image tower alone. */
  text?: TextConfig;
  preprocess: PreprocessConfig;
  /** The templates that the model asks for, where it does: sentences with `{}` for the label. Commands take them; saved with the model. */
  promptTemplates?: readonly string[];
};

/** OpenAI's preprocessing, with the mean and standard deviation of its training pictures. */
export function openaiPreprocess(size: number): PreprocessConfig {
  return {
    size,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    interpolation: 'bicubic',
    resizeMode: 'shortest',
    order: 'openai',
    background: null,
  };
}

/** Tokens of OpenAI's vocabulary, start and end included. */
export const openaiVocabSize = 49408;

/** PyTorch's default, which every published CLIP keeps. */
export const defaultLayerNormEpsilon = 1e-5;

/** The shapes of a published model; weights of the same shapes were trained with either activation. */
export type Architecture = {
  embedDim: number;
  vision: Omit<VitConfig, 'activation'> | ResNetConfig;
  text: Omit<TextConfig, 'activation'>;
};

// CLIP, tables 19 and 20; the last three are open_clip's.
// biome-ignore format: a table is read by its columns
export const publishedArchitectures: Readonly<Record<string, Architecture>> = {
  //                          embed      image  patch  width  layers heads mlp                   width layers heads
  'ViT-B/32':       { embedDim: 512,  vision: vit(224, 32, 768, 12, 12, 3072),           text: text(512, 12, 8) },
  'ViT-B/16':       { embedDim: 512,  vision: vit(224, 16, 768, 12, 12, 3072),           text: text(512, 12, 8) },
  'ViT-L/14':       { embedDim: 768,  vision: vit(224, 14, 1024, 24, 16, 4096),          text: text(768, 12, 12) },
  'ViT-L/14@336px': { embedDim: 768,  vision: vit(336, 14, 1024, 24, 16, 4096),          text: text(768, 12, 12) },
  RN50:             { embedDim: 1024, vision: resNet(224, 64, [3, 4, 6, 3]),             text: text(512, 12, 8) },
  RN101:            { embedDim: 512,  vision: resNet(224, 64, [3, 4, 23, 3]),            text: text(512, 12, 8) },
  RN50x4:           { embedDim: 640,  vision: resNet(288, 80, [4, 6, 10, 6]),            text: text(640, 12, 10) },
  RN50x16:          { embedDim: 768,  vision: resNet(384, 96, [6, 8, 18, 8]),            text: text(768, 12, 12) },
  RN50x64:          { embedDim: 1024, vision: resNet(448, 128, [3, 15, 36, 10]),         text: text(1024, 12, 16) },
  'ViT-H/14':       { embedDim: 1024, vision: vit(224, 14, 1280, 32, 16, 5120),          text: text(1024, 24, 16) },
  'ViT-g/14':       { embedDim: 1024, vision: vit(224, 14, 1408, 40, 16, 6144),          text: text(1024, 24, 16) },
  'ViT-bigG/14':    { embedDim: 1280, vision: vit(224, 14, 1664, 48, 16, 8192),          text: text(1280, 32, 20) },
};

function vit(imageSize: number, patchSize: number, width: number, layers: number, heads: number, mlpWidth: number) {
  const layerNormEpsilon = defaultLayerNormEpsilon;
  return { kind: 'vit', imageSize, patchSize, width, layers, heads, mlpWidth, layerNormEpsilon } as const;
}

function resNet(imageSize: number, width: number, layers: ResNetConfig['layers']): ResNetConfig {
  return { kind: 'modified-resnet', imageSize, width, layers, heads: width / 2 };
}

function text(width: number, layers: number, heads: number): Architecture['text'] {
  const fixed = { contextLength: 77, vocabSize: openaiVocabSize, layerNormEpsilon: defaultLayerNormEpsilon } as const;
  return { ...fixed, width, layers, heads, mlpWidth: 4 * width, endToken: 'argmax' };
}

/**
 * Finds a published architecture by OpenAI's spelling (`ViT-B/32`) or open_clip's (`ViT-B-32`).
 * @throws RangeError that lists the names
 */
export function findArchitecture(name: string): Architecture {
  if (typeof name !== 'string') throw new TypeError(`Cannot find architecture: expected a name but got ${typeof name}`);
  const spell = (spelling: string) => spelling.replace('/', '-').replace(/px$/, '').toLowerCase();
  const found = Object.entries(publishedArchitectures).find(([published]) => spell(published) === spell(name));
  if (!found) {
    const names = Object.keys(publishedArchitectures).join(', ');
    throw new RangeError(`Cannot use architecture '${name}': expected one of ${names}`);
  }
  return found[1];
}

/**
 * The config of an architecture, or of a published one by its name, with OpenAI's preprocessing: e.g. to start training.
 * @throws RangeError on an unknown name
 */
export function architectureConfig(architecture: string | Architecture, activation: Activation): ClipConfig {
  const { embedDim, vision, text } = typeof architecture === 'string' ? findArchitecture(architecture) : architecture;
  return {
    embedDim,
    vision: vision.kind === 'vit' ? { ...vision, activation } : vision,
    text: { ...text, activation },
    preprocess: openaiPreprocess(vision.imageSize),
  };
}
