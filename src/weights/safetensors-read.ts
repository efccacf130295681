import { assertDecodable, type DecodedArray, decode } from './safetensors-decode.ts';
import { assertLittleEndianHost } from './safetensors-dtypes.ts';
import { SafetensorsError } from './safetensors-error.ts';
import { type Header, MAX_HEADER_SIZE, parseHeader, type TensorInfo } from './safetensors-header.ts';
import { checkLayout } from './safetensors-layout.ts';
import { type ByteSource, readExactly } from './safetensors-source.ts';

/** An open file, or set of shards, whose header has been checked; tensors are read one by one, when they are asked for. */
export type SafetensorsFile = {
  /** By name, in the order of the header. In a sharded set the offsets are those in the tensor's own shard. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  /** The tensor's bytes as they stand in the file, little-endian, C order; any dtype. */
  readRaw(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The tensor's values. F16 and BF16 are widened to Float32Array, BOOL is a Uint8Array of 0 and 1; the rest as their names say. */
  read(name: string): Promise<DecodedArray>;
  /** The values of an F32, F16, BF16 or (rounded) F64 tensor; any other dtype is refused. */
  readFloat32(name: string): Promise<Float32Array<ArrayBuffer>>;
  /** Closes the source. */
  close(): Promise<void>;
};

/**
 * Opens a safetensors file: reads and checks its header, and nothing else. The source is closed with the file, and on failure.
 * @throws {SafetensorsError} when any byte of the header or the size of the file breaks the format
 */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  assertLittleEndianHost();
  const close = async (): Promise<void> => await source.close?.();
  try {
    const { text, bufferStart } = await readHeaderText(source);
    const header = parseHeader(text);
    checkLayout(header.tensors.values(), source.size - bufferStart);
    announceUnknownKey(header);
    const readRaw = async (name: string): Promise<Uint8Array<ArrayBuffer>> => {
      const { begin, end } = tensorNamed(header.tensors, name);
      return await readExactly(source, bufferStart + begin, end - begin);
    };
    return fileOf(header.tensors, header.metadata, readRaw, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** The decoding methods over `readRaw`: what a single file and a set of shards have in common. */
export function fileOf(
  tensors: ReadonlyMap<string, TensorInfo>,
  metadata: ReadonlyMap<string, string>,
  readRaw: (name: string) => Promise<Uint8Array<ArrayBuffer>>,
  close: () => Promise<void>,
): SafetensorsFile {
  const read = async (name: string): Promise<DecodedArray> => {
    const { dtype } = tensorNamed(tensors, name);
    assertDecodable(name, dtype);
    return decode(name, dtype, (await readRaw(name)).buffer);
  };
  const readFloat32 = async (name: string): Promise<Float32Array<ArrayBuffer>> => {
    const { dtype } = tensorNamed(tensors, name);
    if (!['F64', 'F32', 'F16', 'BF16'].includes(dtype)) {
      const message = `expected dtype F32, F16, BF16 or F64 but got ${dtype}; read it with read or readRaw`;
      throw new SafetensorsError('UnsupportedDtype', `Cannot read tensor '${name}' as float32: ${message}`);
    }
    const values = await read(name);
    return values instanceof Float32Array ? values : new Float32Array(values as Float64Array);
  };
  return { tensors, metadata, readRaw, read, readFloat32, close };
}

/** The tensor of that name. @throws {SafetensorsError} `TensorNotFound` */
export function tensorNamed(tensors: ReadonlyMap<string, TensorInfo>, name: string): TensorInfo {
  const tensor = tensors.get(name);
  if (tensor) return tensor;
  const message = `the file has no tensor of that name (it has ${tensors.size}: see file.tensors.keys())`;
  throw new SafetensorsError('TensorNotFound', `Cannot read tensor '${name}': ${message}`);
}

async function readHeaderText(source: ByteSource): Promise<{ text: string; bufferStart: number }> {
  const { size } = source;
  const refuse = (
    code: 'HeaderTooSmall' | 'HeaderTooLarge' | 'InvalidHeaderLength' | 'InvalidHeader',
    message: string,
  ) => {
    throw new SafetensorsError(code, `Cannot read safetensors file: ${message}`);
  };
  if (size < 8) refuse('HeaderTooSmall', `expected at least 8 bytes but got ${size}; download it again`);
  const prefix = await readExactly(source, 0, 8);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > MAX_HEADER_SIZE) {
    refuse(
      'HeaderTooLarge',
      `expected a header of at most ${MAX_HEADER_SIZE} bytes but got ${length}; ${guessFormat(prefix)}`,
    );
  }
  const bufferStart = 8 + Number(length);
  if (bufferStart > size) {
    const missing = `at least ${bufferStart - size} bytes are missing`;
    refuse(
      'InvalidHeaderLength',
      `its header takes ${length} bytes, but the file has only ${size} in all: ${missing}; download it again`,
    );
  }
  const bytes = await readExactly(source, 8, Number(length));
  try {
    // ignoreBOM keeps a byte order mark, so that the JSON reader refuses it
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), bufferStart };
  } catch {
    return refuse('InvalidHeader', 'its header is not UTF-8');
  }
}

/** What a file that cannot be safetensors most likely is, from its first bytes. */
function guessFormat(prefix: Uint8Array): string {
  const start = String.fromCharCode(...prefix);
  if (start === 'version ') return 'this looks like a Git LFS pointer: fetch the file itself with `git lfs pull`';
  if (start.startsWith('PK'))
    return 'this looks like a PyTorch .pt or another zip file: convert it to safetensors first';
  if (start.startsWith('<')) return 'this looks like a web page: download the file itself';
  return 'this is no safetensors file';
}

function announceUnknownKey({ unknownKey }: Header): void {
  if (unknownKey === undefined) return;
  console.warn(`safetensors: ignored keys of tensors that the format does not know; the first is ${unknownKey}`);
}
