import { type Dtype, decoders, type TensorValues } from './safetensors-dtypes.ts';
import { SafetensorsError } from './safetensors-error.ts';
import { readHeader, type TensorInfo } from './safetensors-header.ts';
import type { ByteSource } from './safetensors-source.ts';

/** An opened file: its header is known and checked, its tensors are read when asked for. */
export type SafetensorsFile = {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  /** The bytes of any tensor, whatever its dtype. */
  readRaw: (name: string) => Promise<Uint8Array<ArrayBuffer>>;
  /** The values in a fresh array; F16 and BF16 are widened to float32, BOOL is 0 and 1. */
  read: (name: string) => Promise<TensorValues>;
  /** The values of a floating-point tensor (F64, F32, F16, BF16) as float32. */
  readFloat32: (name: string) => Promise<Float32Array>;
  close: () => Promise<void>;
};

/**
 * Opens a safetensors file: reads and checks the header, and nothing else.
 * @throws SafetensorsError with the code of the broken rule
 */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  assertLittleEndian();
  try {
    const { tensors, metadata, dataStart } = await readHeader(source);
    const readRaw = async (name: string) => {
      const { begin, end } = findTensor(tensors, name);
      return source.read(dataStart + begin, end - begin);
    };
    return { tensors, metadata, ...readers(tensors, readRaw), close: async () => source.close?.() };
  } catch (error) {
    await source.close?.();
    throw error;
  }
}

/** What can be read once the bytes of a tensor can. */
export function readers(
  tensors: ReadonlyMap<string, TensorInfo>,
  readRaw: SafetensorsFile['readRaw'],
): Pick<SafetensorsFile, 'readRaw' | 'read' | 'readFloat32'> {
  const read = async (name: string) => {
    const { dtype } = findTensor(tensors, name);
    const decode = decoders[dtype];
    if (!decode) {
      const known = Object.keys(decoders).join(' ');
      throw new SafetensorsError(
        'UndecodedDtype',
        `Cannot read tensor '${name}': dtype ${dtype} is not decoded (decoded are ${known}); read its bytes with readRaw`,
      );
    }
    return decode(await readRaw(name));
  };
  const readFloat32 = async (name: string) => {
    const floats: readonly Dtype[] = ['F64', 'F32', 'F16', 'BF16'];
    const { dtype } = findTensor(tensors, name);
    if (!floats.includes(dtype)) {
      throw new SafetensorsError(
        'InvalidTensorView',
        `Cannot read tensor '${name}': expected ${floats.join(', ')} but it is ${dtype}`,
      );
    }
    const values = await read(name);
    return values instanceof Float32Array ? values : Float32Array.from(values as Float64Array);
  };
  return { readRaw, read, readFloat32 };
}

export function findTensor(tensors: ReadonlyMap<string, TensorInfo>, name: string): TensorInfo {
  const info = tensors.get(name);
  if (info) return info;
  const some = [...tensors.keys()].slice(0, 3).join(', ');
  throw new SafetensorsError(
    'TensorNotFound',
    `Cannot read tensor '${name}': the file has no such tensor; it begins with ${some || 'none'}`,
  );
}

function assertLittleEndian(): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return;
  throw new Error('Cannot read safetensors: this machine is big-endian, and the format is little-endian');
}
