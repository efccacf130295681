import { announce } from '../announce.ts';
import type { Activation, ClipConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import { huggingfaceNames } from './huggingface.ts';
import { readHuggingfaceConfig } from './huggingface-config.ts';
import type { NameTable } from './names.ts';
import { readOpenClipConfig } from './open-clip-config.ts';
import { openaiNames } from './openai.ts';
import { configFromWeights } from './openai-config.ts';
import { type ByteSource, openSafetensors, openShardedSafetensors, type SafetensorsFile } from './safetensors.ts';

/** A model's files, wherever they are. */
export type ModelFiles = {
  /** What to call the model in messages. */
  label: string;
  /** The weights' file where a file was named; undefined where a directory was. */
  weightsFile?: string;
  /** Opens a file of the model's directory; undefined where there is none of that name. */
  open: (name: string) => Promise<ByteSource | undefined>;
};

export type Layout = 'openai' | 'huggingface';

/** A model of which only headers and configs were read. */
export type OpenModel = {
  label: string;
  layout: Layout;
  config: ClipConfig;
  /** Where the config was found. */
  configSource: string;
  names: NameTable;
  tensors: SafetensorsFile;
};

/** Under this key of a file's metadata saveClip's 'openai' layout keeps what that layout cannot say, as open_clip writes it. */
export const metadataKey = 'open_clip_config';

const openClipConfigFile = 'open_clip_config.json';
const weightFiles = [
  'model.safetensors',
  'model.safetensors.index.json',
  'open_clip_model.safetensors',
  'open_clip_pytorch_model.safetensors',
];

/** Opens the weights and finds layout and config. The caller closes `tensors`. */
export async function openModel(
  files: ModelFiles,
  options: { activation?: Activation; architecture?: string } = {},
): Promise<OpenModel> {
  const tensors = await openWeights(files);
  try {
    const layout = layoutOf(files.label, tensors);
    const found =
      layout === 'huggingface' ? await huggingfaceConfig(files) : await openaiConfig(files, tensors, options);
    refuseContradiction(found.config, found.configSource, options.activation);
    const names = layout === 'huggingface' ? huggingfaceNames : openaiNames;
    return { label: files.label, layout, tensors, names, ...found };
  } catch (error) {
    await tensors.close();
    throw error;
  }
}

/** In a directory: OpenAI-layout weights where open_clip's config is, for a model.safetensors beside them may be of another kind. */
async function openWeights({ label, weightsFile, open }: ModelFiles): Promise<SafetensorsFile> {
  const hasOpenClipConfig = weightsFile === undefined && (await readText(open, openClipConfigFile)) !== undefined;
  const candidates = hasOpenClipConfig ? [...weightFiles.slice(2), ...weightFiles.slice(0, 2)] : weightFiles;
  for (const name of weightsFile === undefined ? candidates : [weightsFile]) {
    const source = await open(name);
    if (!source) continue;
    if (!name.endsWith('.index.json')) return openSafetensors(source);
    return openShardedSafetensors(await decodeText(source), async (shard) => {
      const shardSource = await open(shard);
      if (!shardSource) throw new ModelError(`Cannot load ${label}: its shard ${shard} is missing; download it again`);
      return shardSource;
    });
  }
  throw new ModelError(`Cannot load ${label}: found no weights; expected ${weightsFile ?? weightFiles.join(', ')}`);
}

function layoutOf(label: string, { tensors }: SafetensorsFile): Layout {
  const has = (pattern: RegExp) => [...tensors.keys()].some((key) => pattern.test(key));
  if (has(/^(text_model|vision_model)\./)) return 'huggingface';
  if (has(/^visual\.(conv1\.weight|class_embedding)$/) && has(/^token_embedding\.weight$/)) return 'openai';
  const cure = has(/^(module|state_dict|model)\./)
    ? "its names have a training wrapper's prefix; save the bare state dict"
    : has(/^text\.|^visual\.trunk\./)
      ? "it is one of open_clip's models with another kind of tower"
      : has(/^blocks\.|\.attn\.qkv\./)
        ? "it is a vision tower in timm's layout; use the open_clip_model.safetensors of the same repository"
        : `its first tensors are ${[...tensors.keys()].slice(0, 3).join(', ')}`;
  throw new ModelError(
    `Cannot load ${label}: expected tensors in OpenAI's, open_clip's or Hugging Face's layout of CLIP; ${cure}`,
  );
}

type FoundConfig = { config: ClipConfig; configSource: string };

async function huggingfaceConfig({ label, open }: ModelFiles): Promise<FoundConfig> {
  const config = await readText(open, 'config.json');
  if (config === undefined) {
    throw new ModelError(
      `Cannot load ${label}: weights in Hugging Face's layout need the config.json beside them, which tells activation, heads and end token`,
    );
  }
  const preprocessor = await readText(open, 'preprocessor_config.json');
  const processor = await readText(open, 'processor_config.json');
  const files = { ...(preprocessor !== undefined && { preprocessor }), ...(processor !== undefined && { processor }) };
  return { config: readHuggingfaceConfig(config, files), configSource: 'config.json' };
}

/** A bare file is read alone; in a directory open_clip's config decides. */
async function openaiConfig(
  { label, weightsFile, open }: ModelFiles,
  { tensors, metadata }: SafetensorsFile,
  { activation, architecture }: { activation?: Activation; architecture?: string },
): Promise<FoundConfig> {
  const file = weightsFile === undefined ? await readText(open, openClipConfigFile) : undefined;
  if (file !== undefined) return { config: readOpenClipConfig(file), configSource: openClipConfigFile };
  const saved = metadata.get(metadataKey);
  if (saved !== undefined) return { config: readOpenClipConfig(saved), configSource: 'metadata of the file' };
  if (activation === undefined) {
    throw new ModelError(
      `Cannot load ${label}: OpenAI's layout without ${openClipConfigFile} does not tell its activation; pass activation: 'quick_gelu' ` +
        `(OpenAI's own weights, DFN, MetaCLIP) or 'gelu' (most others, e.g. LAION-2B, DataComp)`,
    );
  }
  if (weightsFile !== undefined && (await readText(open, openClipConfigFile)) !== undefined) {
    announce(
      `${openClipConfigFile} beside ${weightsFile} is not read, because a file was named; name the directory to use it`,
    );
  }
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  return { config: configFromWeights(shapes, activation, architecture), configSource: 'shapes of the tensors' };
}

function refuseContradiction({ vision, text }: ClipConfig, source: string, asked: Activation | undefined): void {
  const towers = [vision?.kind === 'vit' ? vision : undefined, text];
  const other = towers.find((tower) => tower && asked && tower.activation !== asked)?.activation;
  if (!other) return;
  throw new ModelError(
    `Cannot load model with activation '${asked}': ${source} says '${other}'; leave the option out, or mend the config if it is wrong`,
  );
}

/** A file's text; undefined where there is none. */
export async function readText(open: ModelFiles['open'], name: string): Promise<string | undefined> {
  const source = await open(name);
  return source && decodeText(source);
}

async function decodeText(source: ByteSource): Promise<string> {
  try {
    return new TextDecoder().decode(await source.read(0, source.size));
  } finally {
    await source.close?.();
  }
}
