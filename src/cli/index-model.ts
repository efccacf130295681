import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Clip } from '../clip.ts';
import { modelHash } from '../node/model-hash.ts';
import { assertSameModel } from '../search/same-model.ts';
import type { IndexHeader } from '../search/search-index.ts';
import {
  addLoadingOptions,
  backendOption,
  jsonOption,
  type ModelOptions,
  modelHelp,
  openClip,
  threadsOption,
} from './options.ts';

/** Where the index is, and its model: an index knows which one it was made with. */
export type IndexModelOptions = Omit<ModelOptions, 'model'> & { store: string; model?: string };

export function addIndexModelOptions(command: Command, store: string): Command {
  return addLoadingOptions(
    command
      .requiredOption('-s, --store <dir>', store)
      .option('-m, --model <path>', `${modelHelp}; by default the one that the index was made with`),
  )
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption());
}

/** What an index notes of a model: the path from the root where it is one, so that it is found from everywhere; else its name. */
export async function modelName(model: string): Promise<string> {
  const isPath = await stat(model).then(
    () => true,
    () => false,
  );
  return isPath ? resolve(model) : model;
}

/**
 * Loads the model of an index.
 * @throws {ModelError} where it is another one, or not there
 */
export async function openIndexModel(header: IndexHeader, options: IndexModelOptions): Promise<Clip> {
  const model = options.model ?? header.model.name;
  const clip = await openClip({ ...options, model }).catch((error: Error) => {
    if (options.model === undefined)
      error.message += `\n(the index was made with that model; where it has another name or place now, say so with --model)`;
    throw error;
  });
  assertSameModel(header, { hash: await modelHash(clip), preprocess: clip.config.preprocess });
  return clip;
}
