import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import util from 'node:util';
import { compileFunction } from 'node:vm';
import * as tf from '@tensorflow/tfjs';

/** A package @tensorflow/tfjs-node(-gpu) and a binding for it, which may lie elsewhere: absolute paths. */
export type TfjsNode = { packageDirectory: string; binding: string };

/** What runs: the version of TensorFlow, and whether it computes on a GPU. */
export type RunningTensorflow = { version: string; isUsingGpu: boolean };

type Binding = { TF_Version: string; isUsingGpuDevice: () => boolean };
type KernelBackend = { NodeJSKernelBackend: new (binding: Binding, packageName: string) => tf.KernelBackend };

const ours = createRequire(import.meta.url);

/** What TensorFlow reads from the environment as it is loaded, unless the user has set it. */
export function setTensorflowDefaults(environment: NodeJS.ProcessEnv = process.env): void {
  environment.TF_CPP_MIN_LOG_LEVEL ??= '2'; //         errors only
  environment.OMP_WAIT_POLICY ??= 'passive'; //    threads of the fused operators sleep between their turns
  environment.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'; // not the whole of the GPU's memory at once
}

/**
 * Registers the backend 'tensorflow' and its kernels with our TensorFlow.js, whichever the package would have found. The
 * package's own entry is passed over: it needs node-pre-gyp, and that finds a binding only where it put it.
 * @throws Error where the binding cannot be loaded
 */
export function startTfjsNode({ packageDirectory, binding }: TfjsNode): RunningTensorflow {
  const loaded = createRequire(binding)(binding) as Binding;
  const load = moduleLoader(realpathSync(packageDirectory));
  load('dist/register_all_kernels.js');
  const { NodeJSKernelBackend } = load('dist/nodejs_kernel_backend.js') as KernelBackend;
  const isUsingGpu = loaded.isUsingGpuDevice();
  const packageName = isUsingGpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(loaded, packageName), 3);
  return { version: loaded.TF_Version, isUsingGpu };
}

/**
 * Loads CommonJS modules of one package so that TensorFlow.js is ours: a second copy would have kernels and tensors of its
 * own. Nothing of Node's own loader is changed.
 */
export function moduleLoader(packageDirectory: string): (file: string) => unknown {
  const modules = new Map<string, { exports: unknown }>();
  const load = (path: string): unknown => {
    const known = modules.get(path);
    if (known) return known.exports;
    const outside = createRequire(path);
    const module = { exports: {} as unknown };
    modules.set(path, module);
    const require = (name: string): unknown => {
      if (name === 'util') return { ...util, ...removedFromUtil };
      if (name === '@tensorflow/tfjs' || name === '@tensorflow/tfjs-core') return ours('@tensorflow/tfjs'); // it has core's names
      const resolved = outside.resolve(name);
      const isInside = resolved.startsWith(packageDirectory + sep) && /^\.\.?\//.test(name) && resolved.endsWith('.js');
      return isInside ? load(resolved) : outside(name);
    };
    compileFunction(readFileSync(path, 'utf8'), ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename: path,
    }).call(module.exports, module.exports, require, module, path, dirname(path));
    return module.exports;
  };
  return (file) => load(join(packageDirectory, file));
}

/** What tfjs-node 4.22 calls and Node 23 took away (tensorflow/tfjs#8425). */
const removedFromUtil = {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isArray: Array.isArray,
};
