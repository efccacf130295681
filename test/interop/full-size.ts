import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackendName } from '../../src/backend.ts';
import type { Activation } from '../../src/config.ts';
import type { Device } from '../../src/node/doctor/device.ts';
import { runPython } from './python.ts';

/** A published architecture, and the layouts that it is published in. */
export type FullSize = {
  name: string;
  /** open_clip's name of its config. */
  config: string;
  layouts: readonly ('openai' | 'open_clip' | 'huggingface')[];
  activation: Activation;
};

const openaiVit = { layouts: ['openai', 'huggingface'], activation: 'quick_gelu' } as const;
const openaiResNet = { layouts: ['openai'], activation: 'quick_gelu' } as const;

export const fullSizeModels: readonly FullSize[] = [
  { name: 'ViT-B/32', config: 'ViT-B-32', ...openaiVit },
  { name: 'ViT-B/16', config: 'ViT-B-16', ...openaiVit },
  { name: 'ViT-L/14', config: 'ViT-L-14', ...openaiVit },
  { name: 'ViT-L/14@336px', config: 'ViT-L-14-336', ...openaiVit },
  { name: 'RN50', config: 'RN50', ...openaiResNet },
  { name: 'RN101', config: 'RN101', ...openaiResNet },
  { name: 'RN50x4', config: 'RN50x4', ...openaiResNet },
  { name: 'RN50x16', config: 'RN50x16', ...openaiResNet },
  { name: 'RN50x64', config: 'RN50x64', ...openaiResNet },
  { name: 'ViT-H/14', config: 'ViT-H-14', layouts: ['open_clip', 'huggingface'], activation: 'gelu' },
];

export const dtypes = ['F32', 'F16', 'BF16'] as const;
export const tolerance = 1e-4;
export const leastCosine = 0.999999;

/** How far outputs of one tower are from Python's. */
export type Deviation = {
  /** Largest absolute difference of a value, before normalisation. */
  error: number;
  /** Root mean square of the values, to judge the error by. */
  typical: number;
  /** Least cosine of a row with Python's. */
  cosine: number;
};

export type FullSizeResult = { image: Deviation; text: Deviation };

export function isWithinTolerance({ image, text }: FullSizeResult): boolean {
  return [image, text].every(({ error, cosine }) => error <= tolerance && cosine >= leastCosine);
}

/** Makes a model in a layout and all dtypes, gives its directory to `use`, and takes it away again. */
export async function withFullSizeModel(
  { config }: FullSize,
  layout: string,
  use: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  try {
    runPython('full_size.py', 'make', directory, config, layout);
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Compares in a process of its own, whose memory ends with it. @param directory with one dtype's files */
export function compareApart(model: FullSize, layout: string, directory: string, backend: BackendName): FullSizeResult {
  const source = layout === 'openai' ? join(directory, 'model.safetensors') : directory;
  const activation = layout === 'openai' ? model.activation : '';
  return runChild(backend, source, join(directory, 'golden.safetensors'), activation) as FullSizeResult;
}

/** What a backend computes on; undefined where it is missing. */
export function probeBackend(backend: BackendName): Device | undefined {
  return runChild(backend) as Device | undefined;
}

function runChild(...args: string[]): unknown {
  const script = fileURLToPath(new URL('full-size-child.js', import.meta.url));
  const printed = execFileSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  const answer = printed.trim().split('\n').at(-1) ?? '';
  return answer === 'missing' ? undefined : JSON.parse(answer);
}
