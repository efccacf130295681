import { type Command, Option } from 'commander';
import type { BackendName } from '../backend.ts';
import type { Clip } from '../clip.ts';
import type { Activation } from '../config.ts';
import { nodeBackends, useBackend } from '../node/backend.ts';
import { loadClip } from '../node/load.ts';
import type { Towers } from '../parameters.ts';
import type { LoadOptions } from '../weights/load.ts';
import { parseCount, parseWhole } from './parsers.ts';
import { UsageError } from './usage.ts';

/** What every command that runs a model asks for. */
export type ModelOptions = {
  model: string;
  activation?: Activation;
  architecture?: string;
  imageSize?: number;
  backend?: BackendName;
  threads?: number;
  json?: boolean;
};

/** What `loadClip` takes. */
export const modelHelp =
  "a directory, a .safetensors file, the name of a published model that has been pulled, or 'emoji-clip'";

export function addModelOptions(command: Command): Command {
  return addLoadingOptions(command.requiredOption('-m, --model <path>', modelHelp))
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption());
}

/** What `loadClip` can be told about a model. */
export function addLoadingOptions(command: Command): Command {
  return command
    .addOption(activationOption())
    .option('--architecture <name>', "a published name, e.g. ViT-B/32, that tells a bare file's head counts")
    .option(
      '--image-size <pixels>',
      'side of the pictures, where it shall not be that of training: positional embeddings are resized',
      parseCount,
    );
}

export function activationOption(): Option {
  return new Option('--activation <name>', "needed for a bare file in OpenAI's layout").choices(['quick_gelu', 'gelu']);
}

export function backendOption(): Option {
  return new Option('--backend <name>', 'the engine; by default the best that works').choices(
    nodeBackends.map(({ name }) => name),
  );
}

export function threadsOption(): Option {
  return new Option(
    '--threads <count>',
    "how many processors one operation of backend 'tensorflow' uses; all by default",
  ).argParser(parseCount);
}

export function jsonOption(): Option {
  return new Option('--json', 'print one JSON object, and nothing else, on standard output');
}

export function workersOption(
  description = 'threads that decode pictures, on wasm and cpu embed them too; 0: none',
): Option {
  return new Option('--workers <count>', `${description}; auto: what suits the machine`)
    .default('auto')
    .argParser((text) => (text === 'auto' ? text : parseWhole(0, "expected a whole number from 0, or 'auto'")(text)));
}

export async function openClip(options: ModelOptions, towers?: Towers): Promise<Clip> {
  await startBackend(options);
  return loadClip(options.model, { ...loadOptions(options), ...(towers && { towers }) });
}

/** What `loadClip` is told. */
export function loadOptions({ activation, architecture, imageSize }: Omit<ModelOptions, 'model'>): LoadOptions {
  return {
    ...(activation && { activation }),
    ...(architecture && { architecture }),
    ...(imageSize !== undefined && { imageSize }),
  };
}

/** @returns the backend in use @throws UsageError on threads for one that has none */
export async function startBackend({
  backend,
  threads,
}: Pick<ModelOptions, 'backend' | 'threads'>): Promise<BackendName> {
  if (threads !== undefined && backend !== undefined && backend !== 'tensorflow')
    throw new UsageError(`Cannot use --threads with --backend ${backend}: only 'tensorflow' has threads to choose`);
  return useBackend(backend, threads === undefined ? {} : { threads });
}

/** Gathers an option that may be given several times. */
export function collect(value: string, values: string[] | undefined): string[] {
  return [...(values ?? []), value];
}
