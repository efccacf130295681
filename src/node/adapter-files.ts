import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { announce } from '../announce.ts';
import type { Clip } from '../clip.ts';
import type { ClipConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import { type LoraAdapter, mergeAdapter } from '../train/low-rank.ts';
import { adapterConfigFile, adapterFileContents, adapterWeightsFile, readAdapter } from '../train/peft-adapter.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import { fileSource, writeFilesAtomically } from './files.ts';
import { modelHash } from './model-hash.ts';
import { makeDirectory } from './writable.ts';

/**
 * Saves what LoRA has learned as PEFT does: `adapter_model.safetensors` and `adapter_config.json`.
 * @param base what `modelHash` gave for the model before training, and its config
 */
export async function saveAdapter(
  directory: string,
  adapter: LoraAdapter,
  base: { config: ClipConfig; base: string },
): Promise<void> {
  const files = adapterFileContents(adapter, base);
  await makeDirectory(directory);
  await writeFilesAtomically(directory, files);
}

/**
 * Reads an adapter that `saveAdapter` or PEFT has written, for the model that it was trained on.
 * @throws ModelError where it belongs to another model, SyntaxError on a file that is damaged or of another kind
 */
export async function loadAdapter(clip: Clip, directory: string): Promise<LoraAdapter> {
  const text = await readAdapterConfig(directory);
  const file = await openSafetensors(await fileSource(join(directory, adapterWeightsFile)));
  try {
    const { adapter, base } = await readAdapter(text, file, clip.config);
    if (base === undefined)
      announce(`${directory} does not say which model it was trained on; that it fits is known of the shapes alone`);
    else if (base !== (await modelHash(clip)))
      throw new ModelError(
        `Cannot use the adapter ${directory}: it was trained on another model; use the one that it was trained on, with the same weights, tokenizer and preprocessing`,
      );
    return adapter;
  } finally {
    await file.close();
  }
}

/** Loads an adapter and adds it to a model, in place. @throws as loadAdapter does; then the model is as it was */
export async function mergeAdapterFrom(clip: Clip, directory: string): Promise<void> {
  mergeAdapter(clip, await loadAdapter(clip, directory));
}

/** The text of its config. @throws Error where there is no adapter */
export async function readAdapterConfig(directory: string): Promise<string> {
  return readFile(join(directory, adapterConfigFile), 'utf8').catch(() => {
    throw new Error(
      `Cannot read an adapter from ${directory}: expected a directory with ${adapterConfigFile} and ${adapterWeightsFile}; a run of finetune --mode lora keeps it in its --out, in the folder adapter`,
    );
  });
}
