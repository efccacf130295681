import * as tf from '@tensorflow/tfjs';
import { announce } from '../announce.ts';
import { type Backend, BackendMissing } from '../backend.ts';
import { registerFusedOperators } from './fused-operators.ts';
import { kernelSources } from './native/build-kernels.ts';
import { type Manifest, readManifest } from './native/manifest.ts';
import { nativeDirectory, tfjsNodeIn } from './native/where.ts';
import { findStockTfjsNode, requireBinding } from './stock-tfjs-node.ts';
import { type RunningTensorflow, setTensorflowDefaults, startTfjsNode } from './tfjs-node.ts';

/** TensorFlow's C library: of an installed @tensorflow/tfjs-node(-gpu) if that works, else of `clip-tfjs native install`. */
export const tensorflowBackend: Backend = { name: 'tensorflow', load };

async function load(): Promise<void> {
  if (tf.findBackendFactory('tensorflow')) return; // loaded before, by us or by the application
  setTensorflowDefaults();
  const faults: string[] = [];
  for (const stock of findStockTfjsNode()) {
    try {
      startTfjsNode({ packageDirectory: stock.packageDirectory, binding: requireBinding(stock) });
      return;
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  const directory = nativeDirectory();
  const manifest = await readManifest(directory);
  if (manifest) {
    const { isUsingGpu } = startInstalled(directory);
    if (!isUsingGpu && (await areKernelsOurs(manifest))) useFusedOperators(directory);
    if (faults.length > 0) announce(`computing with the TensorFlow in ${directory}, because ${faults.join('; ')}`);
    return;
  }
  if (faults.length > 0) throw new Error(faults.join('; '));
  throw new BackendMissing("native TensorFlow is not installed; run 'clip-tfjs native install'");
}

/** @throws Error with the cure where it cannot be loaded */
function startInstalled(directory: string): RunningTensorflow {
  try {
    return startTfjsNode(tfjsNodeIn(directory));
  } catch (error) {
    throw new Error(
      `what is installed in ${directory} cannot be loaded (${(error as Error).message}); 'clip-tfjs native install' mends that`,
      { cause: error },
    );
  }
}

/** Operators of other sources than this version's are passed over, and that is announced. */
async function areKernelsOurs({ kernels }: Manifest): Promise<boolean> {
  const isOurs = kernels?.sources === (await kernelSources());
  if (kernels && !isOurs)
    announce("TensorFlow runs without this version's fused operators; 'clip-tfjs native install' compiles them");
  return isOurs;
}

/** Nothing depends on them but speed: those that do not load are passed over, and that is announced. */
function useFusedOperators(directory: string): void {
  try {
    registerFusedOperators(directory);
  } catch (error) {
    announce(
      `TensorFlow runs without the fused operators, because ${(error as Error).message}; 'clip-tfjs native install' mends that`,
    );
  }
}

const variable = 'TF_NUM_INTRAOP_THREADS';

/**
 * Has TensorFlow compute one operation on so many threads; it reads the number once, as it is loaded.
 * @throws RangeError on a number that is none, Error where TensorFlow is loaded already with another one
 */
export function requestThreads(count: number): void {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`Cannot use ${count} threads: expected a positive whole number`);
  const isLoaded = tf.findBackendFactory('tensorflow') !== null;
  if (isLoaded && process.env[variable] !== String(count))
    throw new Error(
      `Cannot use ${count} threads: TensorFlow is loaded and took ${process.env[variable] ?? 'one for each processor'}; name the number in the first call of useBackend, or set ${variable} before Node starts`,
    );
  process.env[variable] = String(count);
  process.env.OMP_NUM_THREADS ??= String(count); // the fused operators' own
}
