/**
 * Reads and writes safetensors files (https://github.com/safetensors/safetensors), strictly and lazily.
 * Browser-safe and without dependencies: the sub-path export `clip-tfjs/safetensors`. See docs/safetensors.md.
 */
export type { DecodedArray } from './safetensors-decode.ts';
export type { Dtype } from './safetensors-dtypes.ts';
export { SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts';
export type { TensorInfo } from './safetensors-header.ts';
export { openSafetensors, type SafetensorsFile } from './safetensors-read.ts';
export { openShardedSafetensors } from './safetensors-sharded.ts';
export { type ByteSource, blobSource, bufferSource } from './safetensors-source.ts';
export { encodeSafetensors, type TensorData, type TensorValues } from './safetensors-write.ts';
