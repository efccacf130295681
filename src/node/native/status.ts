import { availableParallelism } from 'node:os';
import { findStockTfjsNode, type StockTfjsNode } from '../stock-tfjs-node.ts';
import { sizeOf } from './disk.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { smokeTest } from './smoke-test.ts';
import { partialDirectory } from './where.ts';

/** What native TensorFlow there is. */
export type NativeStatus = {
  directory: string;
  /** `native.json`, where something is installed. */
  manifest?: Manifest;
  /** Of the directory. */
  bytes: number;
  /** Of an installation that was stopped. */
  partialBytes: number;
  works: boolean;
  /** Why it does not work. */
  problem?: string;
  /** Whether it computes on a GPU. */
  gpu: boolean;
  /** How many threads one operation uses. */
  threads: number;
  /** Packages that the user has installed, which go first where they work. */
  stock: StockTfjsNode[];
};

/** Looks, and tries what is there in a process of its own. */
export async function nativeStatus(directory: string): Promise<NativeStatus> {
  const found = {
    directory,
    bytes: await sizeOf(directory),
    partialBytes: await sizeOf(partialDirectory(directory)),
    threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism(),
    stock: findStockTfjsNode(),
  };
  let manifest: Manifest | undefined;
  try {
    manifest = await readManifest(directory);
    if (!manifest) return { ...found, works: false, gpu: false, problem: 'it is not installed' };
    const { gpu } = await smokeTest(directory);
    return { ...found, manifest, works: true, gpu };
  } catch (error) {
    return { ...found, ...(manifest && { manifest }), works: false, gpu: false, problem: (error as Error).message };
  }
}
