/** Reading and writing safetensors: strict, lazy, without dependencies, in Node and browsers. */
export type { Dtype, TensorValues } from './safetensors-dtypes.ts';
export { SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts';
export type { TensorInfo } from './safetensors-header.ts';
export { openSafetensors, type SafetensorsFile } from './safetensors-read.ts';
export { openShardedSafetensors } from './safetensors-sharded.ts';
export { type ByteSource, blobSource, bufferSource } from './safetensors-source.ts';
export { encodeSafetensors, type TensorData } from './safetensors-write.ts';
