import { bitsOfTensor } from './safetensors-dtypes.ts';
import { SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts';
import type { TensorInfo } from './safetensors-header.ts';

/**
 * Checks that the tensors tile the byte buffer: in the order of their offsets each begins where the last one ended, is as long as
 * its dtype and shape say, and the last one ends with the file. No hole, no overlap, nothing behind: the file is nothing else besides.
 * The checks and their order are those of the reference (`Metadata::validate`).
 * @param bufferSize bytes after the header
 */
export function checkLayout(tensors: Iterable<TensorInfo>, bufferSize: number): void {
  const sorted = [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const tensor of sorted) {
    checkTensor(tensor, covered);
    covered = tensor.end;
  }
  if (covered > bufferSize) {
    const message = `expected ${covered} bytes of tensors but got ${bufferSize}: the last ${covered - bufferSize} bytes are missing`;
    throw new SafetensorsError(
      'MetadataIncompleteBuffer',
      `Cannot read safetensors file: ${message}; download it again`,
    );
  }
  if (covered < bufferSize) {
    const message = `${bufferSize - covered} bytes belong to no tensor (expected ${covered} bytes after the header but got ${bufferSize})`;
    throw new SafetensorsError('MetadataIncompleteBuffer', `Cannot read safetensors file: ${message}`);
  }
}

function checkTensor({ name, dtype, shape, begin, end }: TensorInfo, covered: number): void {
  const tensor = `${dtype} [${shape.join(', ')}]`;
  if (begin !== covered) {
    refuse(
      'InvalidOffset',
      name,
      `it begins at byte ${begin}, but expected ${covered}, where the tensors before it end`,
    );
  }
  if (end < begin) refuse('InvalidOffset', name, `it ends at byte ${end}, before it begins at ${begin}`);
  const bits =
    bitsOfTensor(dtype, shape) ?? refuse('ValidationOverflow', name, `the size of ${tensor} exceeds 64 bits`);
  if (bits % 8n !== 0n)
    refuse('MisalignedSlice', name, `${tensor} takes ${bits} bits, which is no whole number of bytes`);
  if (bits / 8n !== BigInt(end - begin)) {
    refuse('TensorInvalidInfo', name, `${tensor} takes ${bits / 8n} bytes, but its offsets span ${end - begin}`);
  }
}

function refuse(code: SafetensorsErrorCode, name: string, message: string): never {
  throw new SafetensorsError(code, `Cannot read tensor '${name}': ${message}`);
}
