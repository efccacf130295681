import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** A program of the table: how it is started, without the directories and threads that follow (see programs/inputs.ts). */
export type ProgramSpec = { name: string; command: string; args: string[]; threads: number };

export const python = process.env.CLIP_TFJS_PYTHON ?? '.venv/bin/python';

/** The reference of the check and of the ratios, where it is there. */
export const reference = 'PyTorch (open_clip)';

const cores = availableParallelism();

/** Ours. Node has no threads for WebAssembly's SIMD kernels, nor for plain JavaScript. */
export function ownProgram(backend: string): ProgramSpec {
  const threads = backend === 'tensorflow' ? cores : 1;
  return { name: `clip-tfjs, ${backend}`, ...node('clip-tfjs', backend), threads };
}

/** What we are compared with, by the name that `--peers` takes. */
export const peers: Readonly<Record<string, ProgramSpec>> = {
  open_clip: { name: reference, ...py('open_clip'), threads: cores },
  transformers: { name: 'PyTorch (transformers)', ...py('transformers'), threads: cores },
  'onnxruntime-node': { name: 'onnxruntime-node', ...node('onnxruntime', 'onnxruntime-node'), threads: cores },
  'transformers.js': { name: 'transformers.js', ...node('transformers-js'), threads: cores },
  'onnxruntime-web': { name: 'onnxruntime-web, wasm', ...node('onnxruntime', 'onnxruntime-web'), threads: 1 },
};

function node(file: string, ...args: string[]): { command: string; args: string[] } {
  const script = fileURLToPath(new URL(`programs/${file}.js`, import.meta.url));
  return { command: process.execPath, args: [script, ...args] };
}

function py(library: string): { command: string; args: string[] } {
  return { command: python, args: ['bench/programs/pytorch_clip.py', library] };
}

/** @throws Error with the cure where there is no Python to run */
export function assertPython(): void {
  if (existsSync(python)) return;
  throw new Error(`${python} does not exist; run \`npm run interop:setup\`, or set CLIP_TFJS_PYTHON`);
}
