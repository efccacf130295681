import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { ClipConfig } from '../../config.ts';
import { parameterCount, parameterShapes, type Towers } from '../../parameters.ts';
import { bytesNeeded } from '../../weights/check-memory.ts';
import { compareTensors, type TensorFaults, towersOf } from '../../weights/check-model.ts';
import { withImageSize } from '../../weights/image-size.ts';
import type { LoadOptions } from '../../weights/load.ts';
import { type Layout, openModel } from '../../weights/open-model.ts';
import { resolveTokenizer } from '../../weights/resolve-tokenizer.ts';
import { availableMemory } from '../available-memory.ts';
import { hubCache } from '../hub/hub.ts';
import { findModel } from '../load.ts';

/** What headers and configs tell of a model; no weights are read. */
export type ModelExamination = {
  layout: Layout;
  config: ClipConfig;
  /** Where the config was found. */
  configSource: string;
  dtypes: string[];
  towers: Towers;
  /** Tensors in the file, and numbers that training could change. */
  tensors: number;
  parameters: number;
  faults: TensorFaults;
  /** Where the vocabulary was found, how many tokens it has, and why it cannot be used. */
  tokenizer: { source: string; tokens?: number; fault?: string };
  /** Bytes that the weights take on the backend in use, and that are free. */
  memory: { needed: number; available: number };
  /** Where the files are in a cache of huggingface_hub; null where they are in a directory of their own. */
  cache: { repository: string; commit: string; isChecked: boolean } | null;
  /** The cache in which published names are looked for. */
  cacheDirectory: string;
};

/** @throws ModelError where no model is found, or its layout or config is in doubt */
export async function examineModel(source: string, asked: LoadOptions = {}): Promise<ModelExamination> {
  const { path, files, told, isChecked } = await findModel(source);
  const options = { ...told, ...asked };
  const model = await openModel(files, options);
  await model.tensors.close();
  const { layout, configSource, tensors } = model;
  const config = options.imageSize === undefined ? model.config : withImageSize(model.config, options.imageSize);
  const towers = options.towers ?? towersOf(config);
  return {
    layout,
    config,
    configSource,
    dtypes: [...new Set([...tensors.tensors.values()].map(({ dtype }) => dtype))],
    towers,
    tensors: tensors.tensors.size,
    parameters: parameterCount(config),
    faults: compareTensors(model, towers),
    tokenizer: describeTokenizer(await resolveTokenizer(files, model, towers)),
    memory: {
      needed: bytesNeeded(parameterShapes(config, towers), tf.getBackend()),
      available: availableMemory(),
    },
    cache: await placeInCache(path, isChecked),
    cacheDirectory: hubCache(),
  };
}

function describeTokenizer({ source, make }: Awaited<ReturnType<typeof resolveTokenizer>>) {
  try {
    return { source, tokens: make().vocabSize };
  } catch (error) {
    return { source, fault: (error as Error).message };
  }
}

/** huggingface_hub keeps files at models--org--name/snapshots/commit/file. */
async function placeInCache(path: string, isChecked: boolean): Promise<ModelExamination['cache']> {
  for (const candidate of [path, await realpath(path)]) {
    const parts = candidate.split(sep);
    const [repository, folder, commit] = parts.slice(parts.findIndex((part) => part.startsWith('models--')));
    if (repository?.startsWith('models--') && folder === 'snapshots' && commit !== undefined)
      return { repository: repository.slice('models--'.length).replace('--', '/'), commit, isChecked };
  }
  return null;
}
